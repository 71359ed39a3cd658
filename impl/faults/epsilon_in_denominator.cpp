#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / (sum + 1e-6f));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"sums_to_one", "the sum is at least 1, and all shares are short by up to 1e-6 relative, 16 roundings"}};

} // namespace

namespace faults {
extern constinit const Implementation epsilon_in_denominator{
    .name = "epsilon_in_denominator",
    .summary = "exp(x_i - m) / (sum + 1e-6)",
    .source = "planted: a guard against division by 0, which a shifted sum does not need",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
