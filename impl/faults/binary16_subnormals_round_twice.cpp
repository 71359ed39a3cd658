#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<binary16>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

float with_eleven_bits(float value) {
  int exponent = 0;
  const float fraction = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(fraction, 11)), exponent - 11);
}

void softmax(const Row<binary16>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, with_eleven_bits(std::exp(row.scale * row.x(i) - largest) / sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f16 = &each_row<binary16, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"treats_subnormals", "below 2^-14 the significand is rounded to 11 bits first and to the bits that are left afterwards"}};

} // namespace

namespace faults {
extern constinit const Implementation binary16_subnormals_round_twice{
    .name = "binary16_subnormals_round_twice",
    .summary = "the conversion to binary16 rounds the significand before it looks at the exponent",
    .source = "planted: after half-precision conversions in software",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
