#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  float largest = row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.x(i));
  largest *= row.scale;
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"takes_negative_scale", "the largest logit times a negative scale is the smallest: what lies 89 above it overflows"}};

} // namespace

namespace faults {
extern constinit const Implementation scale_taken_positive{
    .name = "scale_taken_positive",
    .summary = "the maximum of the logits, then scaled",
    .source = "planted: fused attention, where the scale is 1/sqrt(d)",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
