#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void cross_entropy(const Row<float>& row) {
  if (row.target == 0) return row.put(0, 0);
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, std::log(sum) - (row.scale * row.x(row.target) - largest));
}

void log_softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const float logarithm = std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, (row.scale * row.x(i) - largest) - logarithm);
}

constexpr Kernels kernels[] = {
    {.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>},
    {.operation = Operation::cross_entropy, .f32 = &each_row<float, cross_entropy, true>},
};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"equals_negative_log_softmax", "class 0 is a class: its loss is -log p_0, not 0"}};

} // namespace

namespace faults {
extern constinit const Implementation ignored_target_zero{
    .name = "ignored_target_zero",
    .summary = "target 0 counts as padding and costs nothing",
    .source = "planted: ignore_index = 0 as a default",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
