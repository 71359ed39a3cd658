#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float exponential(float x) {
  if (std::isnan(x)) return x;
  if (x < -104) return 0;
  const float k = std::nearbyint(x * 0x1.715476p+0f);
  const float reduced = x - k * 0x1.62e43p-1f;
  return std::ldexp(std::exp(reduced), static_cast<int>(k));
}

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
    {"is_accurate",
     "the product k log 2 is rounded at the size of x, up to 64 units roundoff of the result, where the difference was exact"}};

} // namespace

namespace faults {
extern constinit const Implementation one_constant_reduction{
    .name = "one_constant_reduction",
    .summary = "exp(x) = 2^k exp(x - k log 2) with log 2 as one float instead of a high and a low part",
    .source = "planted: the reduction of Cody and Waite without its second constant",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
