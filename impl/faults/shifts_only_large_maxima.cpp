#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void log_sum_exp(const Row<float>& row) {
  const float largest = largest_of(row), shift = largest > 64 ? largest : 0;
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - shift);
  row.put(0, shift + std::log(sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp, .f32 = &each_row<float, log_sum_exp, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"moves_with_shift", "moved far below 0, every exponential vanishes and the logarithm is that of 0"}};

} // namespace

namespace faults {
extern constinit const Implementation shifts_only_large_maxima{
    .name = "shifts_only_large_maxima",
    .summary = "the maximum is taken away only where it could overflow, above 64",
    .source = "planted: a shift that thinks of overflow and not of underflow",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
