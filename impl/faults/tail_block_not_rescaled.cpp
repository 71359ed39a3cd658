#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr float masked = -std::numeric_limits<float>::infinity();

void softmax(const Row<float>& row) {
  const std::size_t blocked = row.n - row.n % 16;
  float largest = masked, sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = row.scale * row.x(i);
    if (t > largest) {
      if (largest != masked && i < blocked) sum *= std::exp(largest - t);
      sum += std::exp(t - t); // NaN for +inf
      largest = t;
    } else if (t != masked || largest != masked) {
      sum += std::exp(t - largest);
    }
  }
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"follows_permutation",
     "the sum is right if the largest logit stands in a complete block, and too large by its rise if it stands behind them"}};

} // namespace

namespace faults {
extern constinit const Implementation tail_block_not_rescaled{
    .name = "tail_block_not_rescaled",
    .summary = "online, but the elements behind the last complete block of 16 raise the maximum without rescaling the sum",
    .source = "planted: the tail of a blocked online softmax",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
