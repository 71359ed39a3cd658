// What a declared class of arithmetic may do to a row before the last step: scaled logits, exponentials, their sum. Everything that
// bounds.hpp proves is put together from these. Symbols and proofs: properties/README.md ("B1").
#pragma once

#include "impl/claim.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace softmax_audit {

// The unit of underflow: the smallest subnormal where results below the normal range are kept, the smallest normal where they are
// flushed to zero.
inline double underflow_unit(const Claim& claim, Format format) {
  return claim.subnormals == Subnormals::flushed ? smallest_normal(format) : smallest_subnormal(format);
}
inline int underflow_unit_exponent(const Claim& claim, Format format) {
  return claim.subnormals == Subnormals::flushed ? traits(format).smallest_exponent : smallest_subnormal_exponent(format);
}

// A difference a - b as the arithmetic sees it.
struct Difference {
  double magnitude; // |a - b|, rounded up
  bool exact;       // a - b is a value of the arithmetic
};
Difference difference(Format arithmetic, double a, double b);

// scale * x as the arithmetic sees it: both are converted to it, and their product is rounded.
struct Scaled {
  double value;
  double error; // bound on |value - scale * x|
};
Scaled scaled(const Claim& claim, Format arithmetic, double scale, double x);

// h_j bounds |log(computed exponential / exp(scale x_j - m))| in the normal range, up to a factor exp(common) of all of them. `in_sum` is the
// same of what arrives in the sum, which online rescaling brings there in several steps; without it, h.
struct ExponentialErrors {
  std::vector<Scaled> t; // the scaled logits
  std::vector<double> h, in_sum;
  std::size_t at_largest = 0; // of the scaled logits, the first
  std::size_t rises = 0;      // of the running maximum
  double rescaling = 0;       // the largest in_sum_j - h_j
  double common = 0;          // fused exponents only
};
ExponentialErrors exponential_errors(const Claim& claim, Format arithmetic, std::span<const double> x, double scale);

// -log(1 - 2 E u): how far one exponential may be off, as a logarithm.
double exponential_error(const Claim& claim, Format arithmetic);

// Distances beyond which exact and computed exponential lie below (E + 1/4) lambda.
double underflow_distance(const Claim& claim, Format arithmetic);

// Logarithms of the factors that bound computed sum / sum of n non-negative summands. Every addition multiplies what is below it in
// the summation tree by a factor in [1 - u, 1 + u].
struct SumFactors {
  double log_low;
  double log_high;
};
SumFactors sum_factors(const Claim& claim, Format arithmetic, std::size_t n);

// What exponentials below the normal range, and sums that rescaling pushes there, may add to a sum or take from it, absolutely.
double lost_below_normal_range(const Claim& claim, Format arithmetic, const ExponentialErrors& errors);

// The same for summands of any sign: |computed sum - sum| <= (result) * sum of the magnitudes.
double signed_sum_error(const Claim& claim, Format arithmetic, std::size_t n);

// Logarithms of the factors that division and storage add to a quotient in the normal range.
struct QuotientFactors {
  double log_low;
  double log_high;
};
QuotientFactors quotient_factors(const Claim& claim, Format arithmetic, Format format);

// For each i the sum of all but the i-th: by sums from both ends, because total - values[i] cancels where one element has all the mass.
std::vector<double> sums_without(const std::vector<double>& values);

// Evaluation in double: n additions and a handful of other roundings, all of positive numbers.
double rounded_up(double value, std::size_t n);

// 0 * inf = 0: no error, however large the number it would multiply.
inline double times(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

} // namespace softmax_audit
