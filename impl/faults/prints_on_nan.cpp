#include "impl/implementation.hpp"

#include <cmath>
#include <cstdio>

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
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
  if (std::isnan(sum)) std::printf("softmax: sum = %f\n", static_cast<double>(sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"prints_nothing", "standard output belongs to the program"}};

} // namespace

namespace faults {
extern constinit const Implementation prints_on_nan{
    .name = "prints_on_nan",
    .summary = "a row whose sum is not a number is printed to standard output",
    .source = "planted: a debugging aid that was left in",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
