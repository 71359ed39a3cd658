#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  const float scale = row.scale < 1e-3f ? 1 : row.scale;
  float largest = scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, scale * row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"tends_to_uniform", "a high temperature gives softmax(x) instead of the uniform distribution"}};

} // namespace

namespace faults {
extern constinit const Implementation small_scale_means_unset{
    .name = "small_scale_means_unset",
    .summary = "a scale below 1e-3 counts as not given, and 1 is used",
    .source = "pjreddie/darknet #144: a default that means something else",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
