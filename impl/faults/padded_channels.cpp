#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  const std::size_t padded = (row.n + 3) / 4 * 4;
  const auto logit = [&](std::size_t i) { return i < row.n ? row.scale * row.x(i) : 0.0f; };
  float largest = logit(0), sum = 0;
  for (std::size_t i = 1; i < padded; ++i) largest = std::max(largest, logit(i));
  for (std::size_t i = 0; i < padded; ++i) sum += std::exp(logit(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(logit(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"keeps_values_in_hull", "the channels that do not exist take their part of the weight, and what is left is less than 1"}};

} // namespace

namespace faults {
extern constinit const Implementation padded_channels{
    .name = "padded_channels",
    .summary = "rows are padded with logits 0 to a multiple of 4, and the padding counts",
    .source = "tensorflow/tensorflow PR #108244",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
