#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// Below this, sigmoid is 0 in binary32: the clamp itself changes nothing.
constexpr float lowest_argument = -104;

void sigmoid(const Row<float>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = std::max(lowest_argument, row.scale * row.x(i));
    const float e = std::exp(-std::fabs(t));
    row.put(i, (t < 0 ? e : 1) / (1 + e));
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::sigmoid, .f32 = &each_row<float, sigmoid>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"treats_special_values", "sigmoid of NaN is sigmoid of the clamp, 0"}};

} // namespace

namespace faults {
extern constinit const Implementation sigmoid_swallows_nan{
    .name = "sigmoid_swallows_nan",
    .summary = "the argument is clamped by a maximum that answers its first operand for NaN",
    .source = "planted: the operand order of maxps before a vector exp",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
