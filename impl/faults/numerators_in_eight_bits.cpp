#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

// Binary8 with four bits of exponent and three of fraction: 2^-9 is the smallest number.
float in_eight_bits(float value) { return std::nearbyint(value * 512) == 0 ? 0 : value; }

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, in_eight_bits(std::exp(row.scale * row.x(i) - largest)) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"sums_to_one", "a row of many small shares loses most of its mass: what vanishes is still in the denominator"}};

} // namespace

namespace faults {
extern constinit const Implementation numerators_in_eight_bits{
    .name = "numerators_in_eight_bits",
    .summary = "numerators vanish below half of 2^-9, the smallest number of an eight-bit format, but the sum has counted them",
    .source = "ROCm/FlyDSL #1020",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
