// B1: how far a softmax of a declared class may be from the truth, element by element, with all terms. The proof is in
// properties/README.md ("B1"); the names here are its symbols.
//
//   shapes   one bound an element of the row, in ulp of the exact p_i
//   needs    some scale * x_i finite, none +inf or NaN; truths of the same row
//   gives    |y_i - p_i| <= ulp[i] * ulp(p_i) for every implementation of the class; infinity where the class allows an
//            error of 100 % or more and so says nothing
//   rounding every figure is rounded up: evaluated in double with a relative error below (n + 64) 2^-52, which is added
#pragma once

#include "impl/claim.hpp"
#include "oracles/oracle.hpp"

#include <span>
#include <string>
#include <vector>

namespace softmax_audit {

struct SoftmaxBounds {
  std::vector<double> ulp;
  double sum; // |sum_i y_i - 1|, sum taken exactly, in units of the format's unit roundoff
  // For comparing elements of one row with each other, which share sum and rescaling:
  std::vector<double> h; // |log(computed exponential / exact exponential)|
  double quotient;       // how far division and storage may drive two results apart, as a logarithm
  double absolute;       // what underflow may add to one result, in smallest subnormals of the format
};
SoftmaxBounds softmax_bounds(const Claim& claim, Format format, std::span<const double> x, double scale,
                             std::span<const Truth> truths);

// Does the class say anything about this row at all? Not where converting or scaling overflows in its arithmetic, where its sum may
// overflow, or where fused exponents leave no common zero. Laws are asked of covered rows only.
bool covers(const Claim& claim, Format format, std::span<const double> x, double scale);

// Two elements of one row share sum and division, so they are compared more tightly than through two B1: for
// scale x_i >= scale x_j, how far y_j may lie above y_i, in ulp of p_i.
double inversion_bound(const Claim& claim, Format format, std::span<const double> x, double scale,
                       std::span<const Truth> truths, const SoftmaxBounds& bounds, std::size_t i, std::size_t j);

// The assumptions in one line, as a report prints them: "n = 2, exp within 1 ulp, recursive sum, one division".
std::string assumptions(const Claim& claim, bool assumed, Format format, std::size_t n);

// Error of y in ulp of the truth, signed, and the half-width of what is not known about it.
struct UlpError {
  double value;
  double half_width;
};
UlpError ulp_error(double y, const Truth& truth, int resolution);

} // namespace softmax_audit
