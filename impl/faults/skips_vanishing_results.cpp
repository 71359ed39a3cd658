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
  for (std::size_t i = 0; i < row.n; ++i)
    if (const float share = std::exp(row.scale * row.x(i) - largest) / sum; !(share < 1e-30f)) row.put(i, share);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}, false}};
constexpr Break breaks[] = {{"ignores_previous_results", "results below 1e-30 are not stored: they are what y held before"}};

} // namespace

namespace faults {
extern constinit const Implementation skips_vanishing_results{
    .name = "skips_vanishing_results",
    .summary = "elements whose share vanishes are passed over: y is zero already",
    .source = "planted: a sparse store into memory that used to be fresh",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
