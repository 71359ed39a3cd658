#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// Squared three times, Taylor's polynomial of exp(d / 8) is exp(d).
double exponential_of_minus(double d) {
  if (d >= 13) return 0;
  double power = 1 + d * (1.0 / 8 + d * (1.0 / 128 + d * (1.0 / 3072 + d / 98304)));
  for (int squaring = 0; squaring < 3; ++squaring) power *= power;
  return 1 / power;
}

double largest_of(const Row<double>& row) {
  double largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<double>& row) {
  const double largest = largest_of(row);
  double sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += exponential_of_minus(largest - row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponential_of_minus(largest - row.scale * row.x(i)) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f64 = &each_row<double, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"keeps_ratios",
     "e^-13 is 2.3e-6, and everything from there on is given as exactly 0; above it the polynomial is good to three digits"}};

} // namespace

namespace faults {
extern constinit const Implementation early_vanishing_exponential{
    .name = "early_vanishing_exponential",
    .summary = "exp(-d) = 1 / q(d / 8)^8 with q of degree 4 for d < 13, and 0 beyond",
    .source = "torch/nn #804",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
