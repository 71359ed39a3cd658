#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// An integer number of steps of 2^-31; above 2^-7 it has more bits than a float.
float exponential(float x) { return std::nearbyint(std::exp(x) * 0x1p+31f) * 0x1p-31f; }

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += exponential(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponential(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"restricts_to_parts",
     "a part that lies 10 below the maximum has 17 bits left of its exponentials, and all of them where it stands alone"}};

} // namespace

namespace faults {
extern constinit const Implementation fixed_point_exponentials{
    .name = "fixed_point_exponentials",
    .summary = "the exponentials are kept with 31 fractional bits, so small ones lose their relative accuracy",
    .source = "planted: after quantized kernels that keep exponentials in Q0.31",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
