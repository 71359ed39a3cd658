#include "impl/implementation.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

float power_of_two(std::int32_t k) { return std::bit_cast<float>(static_cast<std::uint32_t>(k + 127) << 23); }

// In two factors, so that results below the normal range are right.
float exponential(float x) {
  if (x == -std::numeric_limits<float>::infinity()) return 0;
  constexpr float magic = 0x1.8p+23f;
  const float shifted = x * 0x1.715476p+0f + magic;
  const float k_real = shifted - magic;
  const float reduced = (x - k_real * 0x1.62e4p-1f) - k_real * 0x1.7f7d1cp-20f;
  const auto k = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(magic));
  const std::int32_t half = k >> 1;
  return std::exp(reduced) * power_of_two(half) * power_of_two(k - half);
}

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += exponential(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponential(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.exponential_ulp = 2, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"zeroes_finite_masks",
     "far out the bits of x log2 e + 1.5 2^23 are no small integer, and what is written into the exponent field is garbage"}};

} // namespace

namespace faults {
extern constinit const Implementation magic_constant_reduction{
    .name = "magic_constant_reduction",
    .summary = "exp(x) with k read from the low bits of x log2 e + 1.5 2^23, for every finite x",
    .source = "tenstorrent/tt-metal PR #55802",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
