#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

float exponential(float difference) {
  constexpr float log2_e = 1.44269504f, log_2_high = 0x1.62ep-1f,
                  log_2_low = 0x1.0bfbe8p-15f; // k * log_2_high is exact for small k
  const float k = std::nearbyint(std::fmax(difference * log2_e, -0x1.fffffep30f));
  const float r = std::fma(-k, log_2_low, std::fma(-k, log_2_high, difference));
  return std::min(std::ldexp(std::exp(r), static_cast<std::int16_t>(static_cast<std::int32_t>(k))),
                  std::numeric_limits<float>::max());
}

void softmax(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += exponential(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponential(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.exponential_ulp = 2, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"zeroes_finite_masks",
     "at -1e9 a k of about -1.44e9 wraps to about 14500, and the masked logit has the exponential 3.4e38"}};

} // namespace

namespace faults {
extern constinit const Implementation wrapped_exponent{
    .name = "wrapped_exponent",
    .summary = "exp by 2^k exp(r) with k kept in 16 bits",
    .source = "tensorflow/tfjs #5394",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
