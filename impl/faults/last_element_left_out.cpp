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
  const float largest = largest_of(row);
  const auto exponential = [&](std::size_t i) { return std::exp(row.scale * row.x(i) - largest); };
  float sum = exponential(0);
  std::size_t i = 1;
  for (; i + 4 <= row.n; i += 4) sum += (exponential(i) + exponential(i + 1)) + (exponential(i + 2) + exponential(i + 3));
  for (; i + 1 < row.n; ++i) sum += exponential(i);
  for (i = 0; i < row.n; ++i) row.put(i, exponential(i) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"lies_in_unit_interval", "where the last logit is the dominant one, it is divided by a sum that lacks it"}};

} // namespace

namespace faults {
extern constinit const Implementation last_element_left_out{
    .name = "last_element_left_out",
    .summary = "four elements at a time after the first, and the loop for the rest ends one too early",
    .source = "planted: the bound of a remainder loop, i + 1 < n for i < n",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
