#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  float largest = row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"folds_scale",
     "scale x_i - max x may be anything: large logits overflow, or underflow together, as soon as the scale is not 1"}};

} // namespace

namespace faults {
extern constinit const Implementation maximum_of_unscaled{
    .name = "maximum_of_unscaled",
    .summary = "exp(scale x_i - max x): the maximum is found before scaling",
    .source = "planted: the scale fused into one of two passes only",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
