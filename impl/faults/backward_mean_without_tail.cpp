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
  constexpr std::size_t tile = 32;
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const auto share = [&](std::size_t i) { return std::exp(row.scale * row.x(i) - largest) / sum; };
  const std::size_t tiled = row.n < tile ? row.n : row.n - row.n % tile;
  float mean = 0;
  for (std::size_t i = 0; i < tiled; ++i) mean += share(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax_backward, .f32 = &each_row<float, softmax_backward>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"has_symmetric_jacobian",
     "a gradient that stands in the last incomplete tile moves no other element, but is moved by them"}};

} // namespace

namespace faults {
extern constinit const Implementation backward_mean_without_tail{
    .name = "backward_mean_without_tail",
    .summary = "sum_k p_k g_k runs over the complete tiles of 32 only, if there is one",
    .source = "tenstorrent/tt-metal #53208 (197 columns)",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
