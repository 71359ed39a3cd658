#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<binary16>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

float rounded(float value) { return static_cast<float>(round_to(Format::f16, static_cast<double>(value))); }

void softmax_backward(const Row<binary16>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const auto share = [&](std::size_t i) { return std::exp(row.scale * row.x(i) - largest) / sum; };
  float mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean = rounded(mean + share(i) * row.dy(i));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax_backward, .f16 = &each_row<binary16, softmax_backward>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"ignores_constant_gradient",
     "the mean of a constant gradient misses the constant by the roundings of binary16, and near 65504 it is infinite"}};

} // namespace

namespace faults {
extern constinit const Implementation binary16_mean_of_gradients{
    .name = "binary16_mean_of_gradients",
    .summary = "y_i = p_i (g_i - mean), where the mean is accumulated in binary16",
    .source = "jax-ml/jax #40409",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
