#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void cross_entropy(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, (largest + std::log(sum)) - row.scale * row.x(row.target));
}

constexpr Kernels kernels[] = {{.operation = Operation::cross_entropy, .f32 = &each_row<float, cross_entropy, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"ignores_shift",
     "m + log sum is rounded at the size of the logits before they are taken away: two equal logits of 1e8 cost 0"}};

} // namespace

namespace faults {
extern constinit const Implementation maximum_added_back{
    .name = "maximum_added_back",
    .summary = "(m + log sum exp(x - m)) - x_target",
    .source = "pytorch/pytorch #11752",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
