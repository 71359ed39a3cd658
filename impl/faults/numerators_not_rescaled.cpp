#include "impl/implementation.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace softmax_audit {
namespace {

constexpr std::size_t tile = 8;

void softmax(const Row<float>& row) {
  constexpr float masked = -std::numeric_limits<float>::infinity();
  std::vector<float> exponentials(row.n);
  float largest = masked, sum = 0;
  for (std::size_t first = 0; first < row.n; first += tile) {
    const std::size_t end = std::min(row.n, first + tile);
    float next = largest;
    for (std::size_t i = first; i < end; ++i) next = std::max(next, row.scale * row.x(i));
    if (largest != masked) sum *= std::exp(largest - next);
    for (std::size_t i = first; i < end; ++i) {
      const float t = row.scale * row.x(i);
      exponentials[i] = t == masked ? 0 : std::exp(t - next);
      sum += exponentials[i];
    }
    largest = next;
  }
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponentials[i] / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"keeps_values_in_hull",
     "elements of a tile before the maximum are too large by exp(m - m of that tile): the weights sum to more than 1"}};

} // namespace

namespace faults {
extern constinit const Implementation numerators_not_rescaled{
    .name = "numerators_not_rescaled",
    .summary = "exponentials are kept from the pass that finds the maximum; a new maximum rescales the sum and not them",
    .source = "karpathy/llm.c #776 reports the symptom; planted: a one-pass softmax over tiles of 8",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
