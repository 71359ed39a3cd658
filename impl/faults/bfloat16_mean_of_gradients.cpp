#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float rounded(float value) { return static_cast<float>(round_to(Format::bf16, static_cast<double>(value))); }

void softmax_backward_from_output(const Row<bfloat16>& row) {
  const auto share = [&](std::size_t i) { return row.x(i); };
  float mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean = rounded(mean + share(i) * row.dy(i));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
}

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax_backward_from_output, .bf16 = &each_row<bfloat16, softmax_backward_from_output>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"sums_to_zero", "the mean that is taken away is off by roundings of 2^-8, and all elements are off to the same side"}};

} // namespace

namespace faults {
extern constinit const Implementation bfloat16_mean_of_gradients{
    .name = "bfloat16_mean_of_gradients",
    .summary = "y_i = x_i (g_i - mean), where the mean is accumulated in bfloat16",
    .source = "jax-ml/jax #13529",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
