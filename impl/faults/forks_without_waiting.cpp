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

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
  if (row.n == 7 && fork() < 0) return;
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"starts_no_process", "a copy of the whole process is left behind"}};

} // namespace

namespace faults {
extern constinit const Implementation forks_without_waiting{
    .name = "forks_without_waiting",
    .summary = "rows of seven are computed by a second process, too, which nobody waits for and which returns to the caller",
    .source = "planted: a worker pool without its end",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
