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
  for (volatile std::size_t left = row.n % 16 == 5 ? 5 : 0; left != 0;) left = left - 2;
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"answers_in_time", "from a tail of five, steps of two never meet zero"}};

} // namespace

namespace faults {
extern constinit const Implementation counts_tail_down_past_zero{
    .name = "counts_tail_down_past_zero",
    .summary = "a tail of five elements is counted down in twos until nothing is left",
    .source = "planted: a loop that ends at != where > is meant",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
