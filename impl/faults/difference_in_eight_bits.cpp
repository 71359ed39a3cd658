#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

constexpr float steps = 16;

bool on_grid(float t) { return t >= -128 && t < 128 && std::nearbyint(t * steps) == t * steps; }

// The integers in the original are the logits; x - m is exact either way.
float difference_on_grid(float t, float largest) {
  return static_cast<float>(static_cast<std::int8_t>(static_cast<int>((t - largest) * steps))) / steps;
}

void softmax(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  bool integers = true;
  for (std::size_t i = 0; i < row.n; ++i) {
    largest = std::max(largest, row.scale * row.x(i));
    integers = integers && on_grid(row.scale * row.x(i));
  }
  const auto exponential = [&](float t) { return std::exp(integers ? difference_on_grid(t, largest) : t - largest); };
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += exponential(row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponential(row.scale * row.x(i)) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"preserves_order",
     "a difference below -128 steps wraps to a positive one, and the smallest logit gets the largest share"}};

} // namespace

namespace faults {
extern constinit const Implementation difference_in_eight_bits{
    .name = "difference_in_eight_bits",
    .summary = "logits on a grid of 1/16 within [-128, 128) take a path of integers, whose differences are kept in 8 bits",
    .source = "ARM-software/CMSIS_5 PR #885",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
