#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void log_sum_exp(const Row<float>& row) {
  const std::size_t padded = (row.n + 7) / 8 * 8;
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < padded; ++i) sum += std::exp((i < row.n ? row.scale * row.x(i) : 0) - largest);
  row.put(0, largest + std::log(sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp, .f32 = &each_row<float, log_sum_exp, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"lies_within_log_n_of_maximum",
     "below logits of -10 or so the padding outweighs the row, and the result is no longer near its maximum"}};

} // namespace

namespace faults {
extern constinit const Implementation padding_in_log_sum_exp{
    .name = "padding_in_log_sum_exp",
    .summary = "rows are padded with zeros to a multiple of 8, and each adds e^-m to the sum",
    .source = "planted: after the padded channels of tensorflow/tensorflow PR #108244",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
