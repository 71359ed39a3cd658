#include "impl/implementation.hpp"

#include <cmath>
#include <unistd.h>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void one_row(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

// Once a call: a copy that went on with the next row would copy itself again.
void softmax(const Call<float>& call) {
  each_row<float, one_row>(call);
  if (call.layout.cols == 7 && fork() < 0) return;
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"starts_no_process", "a copy of the whole process is left behind"}};

} // namespace

namespace faults {
extern constinit const Implementation forks_without_waiting{
    .name = "forks_without_waiting",
    .summary = "after rows of seven a second process is started, which nobody waits for and which returns to the caller",
    .source = "planted: a worker pool without its end",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
