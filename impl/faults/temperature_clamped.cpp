#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  const float scale = std::min(row.scale, 1000.0f);
  float largest = scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, scale * row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"tends_to_argmax", "logits closer than about 0.1 are never told apart, however low the temperature"}};

} // namespace

namespace faults {
extern constinit const Implementation temperature_clamped{
    .name = "temperature_clamped",
    .summary = "a temperature below 1e-3 counts as 1e-3",
    .source = "pytorch/pytorch #184031: a guard against tau = 0",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
