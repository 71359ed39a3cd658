// How far a softmax, or a relative, of a declared class may be from the truth, element by element, with all terms. The proofs are in
// properties/README.md ("B1" and "Relatives"); the names here are its symbols.
//
//   shapes   one bound a result of the row, in ulp of the exact v
//   needs    an ordinary row (special_values.hpp) that the class covers; truths of the same row
//   gives    |y_i - v_i| <= ulp[i] * ulp(v_i) for every implementation of the class; infinity where the class allows a share an
//            error of 100 % or more and so says nothing. Logarithms and gradients may be small beside what they are computed from, so
//            their bounds may be many ulp: what they bound is absolute.
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

// The same for any operation, in ulp. The oracle is asked for the shares that weigh the errors.
std::vector<double> error_bounds(const Claim& claim, const Problem& row, std::span<const Truth> truths, const Oracle& oracle);

// Does the class say anything about this row at all? Not where converting or scaling overflows in its arithmetic, where a sum or a
// product of gradients may overflow, or where fused exponents leave no common zero. Laws are asked of covered rows only.
bool covers(const Claim& claim, const Problem& row);

// Two elements of one row share sum and division, so they are compared more tightly than through two B1: for
// scale x_i >= scale x_j, how far y_j may lie above y_i, in ulp of p_i.
double inversion_bound(const Claim& claim, Format format, std::span<const double> x, double scale,
                       std::span<const Truth> truths, const SoftmaxBounds& bounds, std::size_t i, std::size_t j);

// The assumptions in one line, as a report prints them: "n = 2, exp within 1 ulp, recursive sum, one division".
std::string assumptions(const Claim& claim, bool assumed, Format format, std::size_t n);

// Error of y in ulp of the truth, signed, and the half-width of what is not known about it. Where one of them is infinite and the
// other is not, the least error that explains it: the distance from the overflow threshold.
struct UlpError {
  double value;
  double half_width;
};
UlpError ulp_error(double y, const Truth& truth, Format format, int resolution);

} // namespace softmax_audit
