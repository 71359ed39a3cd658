#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float logit(const Row<bfloat16>& row, std::size_t i) {
  return std::max(row.scale * row.x(i), -static_cast<float>(largest_finite(Format::bf16)));
}

void softmax(const Row<bfloat16>& row) {
  float largest = logit(row, 0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, logit(row, i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(logit(row, i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(logit(row, i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .bf16 = &each_row<bfloat16, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"treats_special_values", "a row of nothing but -inf becomes a row of equal finite logits, and the answer 1/n"}};

} // namespace

namespace faults {
extern constinit const Implementation masks_filled_with_lowest{
    .name = "masks_filled_with_lowest",
    .summary = "logits are raised to the lowest finite number of the format",
    .source = "tenstorrent/tt-metal #56056",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
