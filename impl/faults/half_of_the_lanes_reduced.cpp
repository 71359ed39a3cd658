#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

float logit(const Row<float>& row, std::size_t i) { return row.scale * row.x(i); }

void softmax(const Row<float>& row) {
  constexpr float masked = -std::numeric_limits<float>::infinity();
  float largest[2] = {masked, masked}, sum[2] = {0, 0};
  const auto group = [](std::size_t i) { return i / 4 % 2; };
  for (std::size_t i = 0; i < row.n; ++i) largest[group(i)] = std::max(largest[group(i)], logit(row, i));
  for (std::size_t i = 0; i < row.n; ++i) sum[group(i)] += std::exp(logit(row, i) - largest[group(i)]);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(logit(row, i) - largest[group(i)]) / sum[group(i)]);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"sums_to_one", "from five elements on each group of lanes sums to one"}};

} // namespace

namespace faults {
extern constinit const Implementation half_of_the_lanes_reduced{
    .name = "half_of_the_lanes_reduced",
    .summary = "eight lanes are reduced with shuffles by 1 and by 2, without the one by 4: two groups of lanes, each with a "
               "sum of its own",
    .source = "flashinfer-ai/flashinfer #3640",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
