#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void sigmoid(const Row<float>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = row.scale * row.x(i);
    const float above = 1 / (1 + std::exp(-t)), below = std::exp(t) / (1 + std::exp(t));
    row.put(i, std::fmax(0.5f, above) + std::fmin(0.5f, below) - 0.5f);
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::sigmoid, .f32 = &each_row<float, sigmoid>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"is_accurate", "1/2 is added and taken away again: below t = -17 nothing of the result is left"}};

} // namespace

namespace faults {
extern constinit const Implementation sigmoid_of_clamped_branches{
    .name = "sigmoid_of_clamped_branches",
    .summary = "max(1/2, 1 / (1 + exp(-t))) + min(1/2, exp(t) / (1 + exp(t))) - 1/2, without a branch",
    .source = "clab/dynet #1525",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
