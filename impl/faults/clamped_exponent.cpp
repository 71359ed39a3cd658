#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

// A NaN stays the first operand, which std::max returns.
float clamped_exponential(float x) { return std::exp(std::max(x, -64.0f)); }

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += clamped_exponential(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, clamped_exponential(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"zeroes_masked", "a mask of -inf is clamped like everything else and gets a share of 1.6e-28"}};

} // namespace

namespace faults {
extern constinit const Implementation clamped_exponent{
    .name = "clamped_exponent",
    .summary = "exp(max(x_i - m, -64)) in place of exp(x_i - m)",
    .source = "PaddlePaddle/Paddle #4366 (so that softmax_op never outputs 0)",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
