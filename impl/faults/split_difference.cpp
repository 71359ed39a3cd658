#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  const float factor = std::exp(-largest_of(row));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i)) * factor;
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i)) * factor / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"keeps_ratios",
     "one factor overflows and the other vanishes beyond 88, and below -88 the exponentials lose their digits first"}};

} // namespace

namespace faults {
extern constinit const Implementation split_difference{
    .name = "split_difference",
    .summary = "exp(x_i) exp(-m) instead of exp(x_i - m)",
    .source = "iree-org/iree #17670 reports the symptom; planted: what a rewriting compiler may make of it",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
