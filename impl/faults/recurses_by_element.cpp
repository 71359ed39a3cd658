#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// Not a tail call: the scratch is used after it.
__attribute__((noinline)) float largest_from(const Row<float>& row, std::size_t i) {
  volatile float scratch[16384];
  scratch[0] = row.scale * row.x(i);
  const float rest = i + 1 < row.n ? largest_from(row, i + 1) : row.scale * row.x(i);
  const float first = scratch[0];
  return std::max(first, rest);
}

void softmax(const Row<float>& row) {
  const float largest = largest_from(row, 0);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"needs_bounded_stack", "the depth of the recursion is the length of the row"}};

} // namespace

namespace faults {
extern constinit const Implementation recurses_by_element{
    .name = "recurses_by_element",
    .summary = "the maximum of a row is that of its first element and of the maximum of the rest, with a block of scratch at "
               "every step",
    .source = "planted: recursion where a loop is meant",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
