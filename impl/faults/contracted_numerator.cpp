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
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(std::fma(row.scale, row.x(i), -largest)) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"lies_in_unit_interval",
     "m is a rounded product and the fused one is not: the largest logit's exponent may be above 0, and its share above 1"}};

} // namespace

namespace faults {
extern constinit const Implementation contracted_numerator{
    .name = "contracted_numerator",
    .summary = "the sum has exp(scale x - m), the results exp(fma(scale, x, -m))",
    .source = "planted: -ffp-contract=fast in one of two loops",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
