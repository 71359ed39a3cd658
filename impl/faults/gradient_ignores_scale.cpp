#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.x(i));
  return largest;
}

void softmax_backward(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.x(i) - largest);
  const auto share = [&](std::size_t i) { return std::exp(row.x(i) - largest) / sum; };
  float mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax_backward, .f32 = &each_row<float, softmax_backward>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"folds_scale", "softmax(x) and softmax(scale x) agree only for scale 1"}};

} // namespace

namespace faults {
extern constinit const Implementation gradient_ignores_scale{
    .name = "gradient_ignores_scale",
    .summary = "the backward pass takes the shares of x instead of scale x",
    .source = "planted: the scale fused into the forward pass only",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
