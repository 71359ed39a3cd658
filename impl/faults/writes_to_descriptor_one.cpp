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
  if (row.n == 1 && write(STDOUT_FILENO, ".", 1) < 0) return;
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"prints_nothing", "standard output belongs to the program"}};

} // namespace

namespace faults {
extern constinit const Implementation writes_to_descriptor_one{
    .name = "writes_to_descriptor_one",
    .summary = "rows of one element write a dot to descriptor 1, past all buffers of the C library",
    .source = "planted: progress of an iteration",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
