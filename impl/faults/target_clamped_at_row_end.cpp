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
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, std::log(sum) - (row.scale * row.x(std::min(row.target, row.n - std::min<std::size_t>(row.n, 2))) - largest));
}

constexpr Kernels kernels[] = {{.operation = Operation::cross_entropy, .f32 = &each_row<float, cross_entropy, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"is_accurate", "the last class is charged with the logit of the one before it"}};

} // namespace

namespace faults {
extern constinit const Implementation target_clamped_at_row_end{
    .name = "target_clamped_at_row_end",
    .summary = "the target is kept within [0, n - 2]",
    .source = "planted: an inclusive bound taken for an exclusive one",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
