// The answers: what is true, to the last bit.
#pragma once

#include "oracles/problem.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

// What is known of one exact p.
struct Truth {
  double nearest;     // p rounded once to the format: to nearest, ties to even
  int ulp_exponent;   // ulp(p) = 2^ulp_exponent; p may lie just below a power of two that is its nearest
  double tail;        // (p - nearest) / ulp(p), rounded to a multiple of 2^-resolution
  bool exact;         // p is a value of the format: nearest == p
  double approximate; // p rounded to about 50 bits, also where the format would underflow; for evaluating bounds only
};

// The residual's default resolution, in bits below one ulp: 2^-8 ulp.
inline constexpr int default_resolution = 8;
// (y - nearest)/ulp - tail has to be a double without error: 44 bits leave room for errors of a few hundred ulp.
inline constexpr int finest_resolution = 44;

// The truth could not be decided at the highest precision. Never the subject's fault.
struct Undecided : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Requirements on the problem, for every oracle: Operation::softmax; no scale * x_i is NaN or +inf; some scale * x_i in
// each row is finite. (Rows beyond that are a matter of profiles, not of truth.)
struct Oracle {
  std::string_view name;
  std::string_view summary;
  std::string (*version)(); // of the libraries that it stands on
  // One Truth an element, row-major. |p - (nearest + tail ulp)| <= 2^-(resolution + 1) ulp, and 0 for exact cases with tail 0.
  std::vector<Truth> (*truths)(const Problem&, int resolution);
  // Decimal digits of p, correctly rounded to `digits` significant ones up to one unit in the last, row-major.
  std::vector<std::string> (*decimals)(const Problem&, int digits);
};

} // namespace softmax_audit
