#include "impl/implementation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr std::size_t lanes = 1024;

void log_softmax(const Row<float>& row) {
  constexpr float padding = -std::numeric_limits<float>::infinity();
  std::array<float, lanes> maxima, sums{};
  maxima.fill(padding);
  for (std::size_t first = 0; first < row.n; first += lanes)
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const float t = first + lane < row.n ? row.scale * row.x(first + lane) : padding;
      const float next = std::max(maxima[lane], t);
      sums[lane] = sums[lane] * std::exp(maxima[lane] - next) + std::exp(t - next);
      maxima[lane] = next;
    }
  const float largest = *std::max_element(maxima.begin(), maxima.end());
  float sum = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) sum += sums[lane] * std::exp(maxima[lane] - largest);
  const float logarithm = std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, (row.scale * row.x(i) - largest) - logarithm);
}

constexpr Kernels kernels[] = {{.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>}};
constexpr Variant variants[] = {
    {"scalar",
     &runs_everywhere,
     kernels,
     {.summation = Summation::lanes, .accumulator_bytes = 32, .rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_accurate_at_every_width",
     "a lane that has never had an element computes exp(-inf - -inf): every row of fewer than 1024 is NaN"}};

} // namespace

namespace faults {
extern constinit const Implementation idle_lanes_poison_row{
    .name = "idle_lanes_poison_row",
    .summary = "1024 lanes run online over the padded row, lanes without an element see -inf",
    .source = "gabrieldemarmiesse/torch-mojo-backend PR #319",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
