#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void log_sum_exp(const Row<float>& row) {
  const float largest = largest_of(row);
  if (largest == std::numeric_limits<float>::infinity()) return row.put(0, largest);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, largest + std::log(sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp, .f32 = &each_row<float, log_sum_exp, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"treats_special_values",
     "of nothing but -inf, whose log-sum-exp is -inf, it gives -inf - -inf = NaN; of +inf it gives +inf"}};

} // namespace

namespace faults {
extern constinit const Implementation masked_log_sum_exp_is_nan{
    .name = "masked_log_sum_exp_is_nan",
    .summary = "m + log(sum of exp(x - m)), with +inf taken care of and a row of nothing but -inf not",
    .source = "rmcgibbo/logsumexp #2, stan-dev/math #646",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
