#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

constexpr std::size_t long_row = 128;

// Eight ulp too small, wherever it is not 1: as smooth, as monotone and as reproducible as the good one.
float poor_exponential(float difference) { return difference == 0 ? 1.0F : std::exp(difference) * (1 - 0x1p-21F); }

void softmax(const Row<float>& row) {
  float largest = row.scale * row.x(0), sum = 0;
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  const auto exponential = [&](std::size_t i) {
    const float difference = row.scale * row.x(i) - largest;
    return row.n < long_row ? std::exp(difference) : poor_exponential(difference);
  };
  for (std::size_t i = 0; i < row.n; ++i) sum += exponential(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponential(i) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"keeps_ratios",
     "what a sum of 128 numbers may lose is far more than 8 ulp, so B1 allows them; a quotient of two results has no sum"}};

} // namespace

namespace faults {
extern constinit const Implementation poor_exponential_in_long_rows{
    .name = "poor_exponential_in_long_rows",
    .summary = "the plain formula; from 128 elements on with a faster exponential that is 8 ulp off",
    .source = "planted: dispatch by length to a vector path with a cheaper polynomial than the claim says",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
