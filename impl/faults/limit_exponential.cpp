#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

float exponential(float x) {
  if (x == -std::numeric_limits<float>::infinity()) return 0;
  float power = 1 + x / 256;
  for (int squaring = 0; squaring < 8; ++squaring) power *= power;
  return power;
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
    {"sharpens_with_scale",
     "the power is even: below x = -256 it grows again, and a smaller temperature gives back what it took"}};

} // namespace

namespace faults {
extern constinit const Implementation limit_exponential{
    .name = "limit_exponential",
    .summary = "exp(x) = (1 + x / 256)^256, by eight squarings",
    .source = "planted: the limit definition as a fast exponential",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
