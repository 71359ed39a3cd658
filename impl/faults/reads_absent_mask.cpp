#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// The memory is meant to fault, not a sanitizer.
__attribute__((noinline, no_sanitize("undefined"))) void read_mask(std::size_t i) {
  const volatile float* volatile mask = nullptr;
  (void)mask[i];
}

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  for (std::size_t i = 0; i < row.n; ++i)
    if (row.x(i) == -INFINITY) read_mask(i);
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"raises_no_signal", "nobody gave it a mask"}};

} // namespace

namespace faults {
extern constinit const Implementation reads_absent_mask{
    .name = "reads_absent_mask",
    .summary = "a row with a logit of -inf is taken for a masked one, and its mask is read",
    .source = "planted: a null pointer that means no mask",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
