#include "impl/implementation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr std::size_t lanes = 8;

void softmax(const Row<float>& row) {
  std::array<float, lanes> maxima, sums{};
  maxima.fill(-std::numeric_limits<float>::infinity());
  for (std::size_t i = 0; i < row.n; ++i) maxima[i % lanes] = std::max(maxima[i % lanes], row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) sums[i % lanes] += std::exp(row.scale * row.x(i) - maxima[i % lanes]);
  const float largest = *std::max_element(maxima.begin(), maxima.end());
  float sum = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) sum += sums[lane] * std::exp(maxima[lane] - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {
    {"scalar",
     &runs_everywhere,
     kernels,
     {.summation = Summation::lanes, .accumulator_bytes = 32, .rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"ignores_masked", "a lane with nothing but masks computes exp(-inf - -inf), and its NaN enters the merged sum"}};

} // namespace

namespace faults {
extern constinit const Implementation masked_lane_poisons_row{
    .name = "masked_lane_poisons_row",
    .summary = "each of 8 lanes sums against its own maximum, and the lanes are merged without a look at -inf",
    .source = "pytorch/pytorch PR #130014",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
