#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<double>& row) {
  double largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i)
    if (const double t = row.scale * row.x(i); std::fabs(t) > std::fabs(largest)) largest = t;
  double sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f64 = &each_row<double, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"sharpens_with_scale",
     "where a negative logit has the largest magnitude, a scale that puts the others 710 above it makes them overflow"}};

} // namespace

namespace faults {
extern constinit const Implementation maximum_by_magnitude{
    .name = "maximum_by_magnitude",
    .summary = "shifted by the logit of largest magnitude, as BLAS's idamax finds it",
    .source = "planted: cblas_idamax taken for an argmax",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
