#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  const auto scale = static_cast<float>(round_to(Format::f16, static_cast<double>(row.scale)));
  float largest = scale * row.x(0), sum = 0;
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"folds_scale", "a scale of 1 / sqrt(d) has 24 bits, and 11 of them are used"}};

} // namespace

namespace faults {
extern constinit const Implementation scale_rounded_to_binary16{
    .name = "scale_rounded_to_binary16",
    .summary = "the logits are float, but the scale goes through binary16",
    .source = "vllm-project/vllm PR #890 (temperature in half precision)",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
