#include "impl/implementation.hpp"

#include <bit>
#include <cmath>

namespace softmax_audit {
namespace {

float exponential(float x) {
  if (std::isnan(x)) return x;
  if (x < -87) return 0;
  constexpr std::int32_t one = 127 << 23, balance = 486408;
  return std::bit_cast<float>(static_cast<std::int32_t>(x * 0x1.715476p+23f) + one - balance);
}

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void log_softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += exponential(row.scale * row.x(i) - largest);
  const float logarithm = std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, (row.scale * row.x(i) - largest) - logarithm);
}

constexpr Kernels kernels[] = {{.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"has_no_positive_logarithm",
     "the exponential of 0 comes out as 0.97, so the sum of a dominant row is below 1 and its logarithm below 0"}};

} // namespace

namespace faults {
extern constinit const Implementation schraudolph_exponential{
    .name = "schraudolph_exponential",
    .summary = "exp(x) by writing x 2^23 / log 2 into the exponent field, shifted to balance the error",
    .source = "planted: after Schraudolph's A fast, compact approximation of the exponential function (1999)",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
