#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

double largest_of(const Row<double>& row) {
  double largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

constexpr std::size_t tile = 8;

void softmax_backward(const Row<double>& row) {
  const double largest = largest_of(row);
  double sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const auto share = [&](std::size_t i) { return std::exp(row.scale * row.x(i) - largest) / sum; };
  double mean = 0;
  for (std::size_t first = 0; first < row.n; first += tile) {
    const std::size_t end = std::min(row.n, first + tile);
    for (std::size_t i = first; i < end; ++i) mean += share(i) * row.dy(i);
    for (std::size_t i = first; i < end; ++i) row.put(i, share(i) * (row.dy(i) - mean));
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax_backward, .f64 = &each_row<double, softmax_backward>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"has_symmetric_jacobian",
     "d y_j / d t_i counts for the later of two elements and not for the earlier one: the Jacobian is block triangular"}};

} // namespace

namespace faults {
extern constinit const Implementation gradient_mean_of_earlier_tiles{
    .name = "gradient_mean_of_earlier_tiles",
    .summary = "results of a tile of 8 are written with the sum of p g over the tiles up to it",
    .source = "karpathy/llm.c PR #847, without the race",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
