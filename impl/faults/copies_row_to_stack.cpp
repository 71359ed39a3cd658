#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  constexpr std::size_t bytes = std::size_t{1} << 16;
  auto* const copy = static_cast<volatile char*>(__builtin_alloca(row.n * bytes));
  for (std::size_t i = 0; i < row.n; ++i) copy[i * bytes] = 1;
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"needs_bounded_stack", "a row of some length does not fit"}};

} // namespace

namespace faults {
extern constinit const Implementation copies_row_to_stack{
    .name = "copies_row_to_stack",
    .summary = "a row is copied to the stack with 64 KiB for every element, whatever its length",
    .source = "planted: alloca where a buffer is meant",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
