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
  const auto target = static_cast<std::int8_t>(row.target);
  const std::size_t wrapped = static_cast<std::size_t>(target) + (target < 0 ? row.n : 0);
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, std::log(sum) - (row.scale * row.x(wrapped) - largest));
}

constexpr Kernels kernels[] = {{.operation = Operation::cross_entropy, .f32 = &each_row<float, cross_entropy, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_accurate_at_every_width", "target 128 and above becomes negative, and another class than the target is charged"}};

} // namespace

namespace faults {
extern constinit const Implementation target_in_eight_bits{
    .name = "target_in_eight_bits",
    .summary = "the target is read as 8 bits with a sign, and a negative one counts from the end",
    .source = "planted: labels stored as int8, and an index that wraps",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
