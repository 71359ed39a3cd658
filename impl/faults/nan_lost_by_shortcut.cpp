#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

void log_sum_exp(const Row<float>& row) {
  float largest = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, sum > 1 ? largest + std::log(sum) : largest);
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp, .f32 = &each_row<float, log_sum_exp, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"treats_special_values",
     "a NaN is passed over by the maximum, makes the sum NaN, NaN > 1 is false, and the answer is the maximum of the rest"}};

} // namespace

namespace faults {
extern constinit const Implementation nan_lost_by_shortcut{
    .name = "nan_lost_by_shortcut",
    .summary = "m + log(sum) only where sum > 1, otherwise m",
    .source = "planted: a logarithm spared where one logit dominates",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
