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
  const float largest = std::max(largest_of(row), -1e4f);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  sum = std::max(sum, 1e-6f);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"ignores_shift", "a row below -10000 has exponentials of 0 over 1e-6: all zeros instead of shares"}};

} // namespace

namespace faults {
extern constinit const Implementation clamped_maximum_and_sum{
    .name = "clamped_maximum_and_sum",
    .summary = "the maximum is raised to -10000 and the sum to 1e-6, so that masked rows give 0",
    .source = "tracel-ai/burn PR #4697, the fix of #4694",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
