#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax_backward(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const auto share = [&](std::size_t i) { return std::exp(row.scale * row.x(i) - largest) / sum; };
  float mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (share(i) * row.dy(i) / share(i) - mean));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax_backward, .f32 = &each_row<float, softmax_backward>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"zeroes_masked", "where the share is 0 the quotient is 0/0: NaN instead of a gradient of 0"}};

} // namespace

namespace faults {
extern constinit const Implementation gradient_divided_by_share{
    .name = "gradient_divided_by_share",
    .summary = "p_i (p_i g_i / p_i - sum_k p_k g_k)",
    .source = "clab/dynet #218",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
