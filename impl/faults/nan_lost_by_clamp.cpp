#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

// Below this, exp is 0 in binary32: the clamp itself changes nothing.
constexpr float lowest_exponent = -104;

float exponential(float difference) { return std::exp(std::max(lowest_exponent, difference)); }

void softmax(const Row<float>& row) {
  float largest = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += exponential(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponential(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"treats_special_values", "the NaN becomes the clamp, its share 0, and the rest of the row ordinary shares"}};

} // namespace

namespace faults {
extern constinit const Implementation nan_lost_by_clamp{
    .name = "nan_lost_by_clamp",
    .summary = "the exponent is clamped by a maximum that answers its first operand for NaN",
    .source = "planted: the operand order of maxps before a vector exp",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
