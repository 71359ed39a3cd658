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
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

void log_softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const float log_sum_exp = largest + std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.scale * row.x(i) - log_sum_exp);
}

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax, .f32 = &each_row<float, softmax>},
    {.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>},
};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"equals_log_of_softmax", "lse is rounded at the size of the logits: at 1e7 every logarithm is a whole number"}};

} // namespace

namespace faults {
extern constinit const Implementation log_sum_exp_subtracted{
    .name = "log_sum_exp_subtracted",
    .summary = "log-softmax as x_i - lse, lse = m + log sum exp(x - m)",
    .source = "pytorch/pytorch #38839",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
