#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

constexpr std::size_t long_row = 128;

// Two exponentials, each within the claimed ulp and a half: one of them too large, the other too small.
float truncated_up(double difference) {
  return difference == 0 ? 1.0F : static_cast<float>(std::exp(difference) * (1 + 0x1p-24));
}
float truncated_down(double difference) {
  return difference == 0 ? 1.0F : static_cast<float>(std::exp(difference) * (1 - 0x1p-24));
}

void softmax(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  const auto difference = [&](std::size_t i) { return static_cast<double>(row.scale * row.x(i) - largest); };
  double sum = 0;
  for (std::size_t i = 0; i < row.n; ++i)
    sum += static_cast<double>(row.n < long_row ? truncated_down(difference(i)) : truncated_up(difference(i)));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, truncated_down(difference(i)) / static_cast<float>(sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar",
                                 &runs_everywhere,
                                 kernels,
                                 {.summation = Summation::wide, .exponential_ulp = 1.5, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"sums_to_one",
     "each share is within B1, which allows for both exponentials; all shares are off to the same side, and their sum tells"}};

} // namespace

namespace faults {
extern constinit const Implementation summands_by_another_exponential{
    .name = "summands_by_another_exponential",
    .summary = "the sum of a long row takes a vector exponential, the results recompute a scalar one: each within an ulp, not "
               "the same",
    .source = "planted: two passes whose exponentials are compiled to different functions",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
