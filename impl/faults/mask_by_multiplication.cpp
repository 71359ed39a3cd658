#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr float lowest = std::numeric_limits<float>::lowest();

float logit(const Row<float>& row, std::size_t i) {
  const float t = row.scale * row.x(i);
  const float keep = t < lowest ? 0 : 1;
  return keep * t + (1 - keep) * lowest;
}

void softmax(const Row<float>& row) {
  float largest = logit(row, 0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, logit(row, i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(logit(row, i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(logit(row, i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"ignores_masked", "0 * -inf is NaN, not 0: one masked element makes the row NaN"}};

} // namespace

namespace faults {
extern constinit const Implementation mask_by_multiplication{
    .name = "mask_by_multiplication",
    .summary = "keep * x + (1 - keep) * lowest, keep = 0 where masked",
    .source = "ggml-org/llama.cpp PR #5574, slope * position there",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
