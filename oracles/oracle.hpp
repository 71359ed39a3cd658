// The answers: what is true, to the last bit.
#pragma once

#include "oracles/problem.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

// What is known of one exact result v.
//
//   ordinary    nearest is v rounded once to the format, to nearest, ties to even
//   overflow    |v| >= (2 - 2^-precision) 2^largest_exponent: nearest is the infinity of v's sign, tail 0, not exact
//   infinite    v is an infinity itself (log-softmax of a masked element): nearest is v, tail 0, exact
//   undefined   v does not exist (special_values.hpp): nearest is NaN, tail 0, not exact
// A nearest of zero is +0: the sign of a zero is never judged.
struct Truth {
  double nearest;
  double tail;      // (v - nearest) / ulp(v), rounded to a multiple of 2^-resolution, ties to even; never -0
  int ulp_exponent; // ulp(v) = 2^ulp_exponent (ulp.hpp); v may lie just below a power of two that is its nearest.
                    // Infinite and overflowed: the spacing of the last binade. Undefined: the smallest subnormal.
  bool exact;       // v is a value of the format (or an infinity): nearest == v

  friend bool operator==(const Truth&, const Truth&) = default;
};

// The residual's default resolution, in bits below one ulp: 2^-8 ulp.
inline constexpr int default_resolution = 8;
// (y - nearest)/ulp - tail has to be a double without error: 44 bits leave room for errors of a few hundred ulp.
inline constexpr int finest_resolution = 44;

// v to 2^-9 ulp, as a double, and a bound of |v| from above, up to the double's own rounding: for evaluating error bounds.
inline double value_of(const Truth& truth) { return truth.nearest + std::ldexp(truth.tail, truth.ulp_exponent); }
inline double magnitude_of(const Truth& truth) {
  if (truth.exact && truth.tail == 0) return std::fabs(truth.nearest);
  return std::fabs(truth.nearest) + std::ldexp(std::fabs(truth.tail) + 0x1p-9, truth.ulp_exponent);
}

// v lies within (high + low +- radius) 2^exponent; high + low is a double-double, |low| <= ulp(high) / 2. What an oracle knows
// before it rounds: wide enough for any v, whatever its exponent, and fine enough (2^-100) to set two oracles against each other.
struct Enclosure {
  double high;
  double low;
  double radius;
  std::int64_t exponent;
};

// The truth could not be decided at the highest precision. Never the subject's fault.
struct Undecided : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Every oracle answers every problem: special values are decided by special_values.hpp, empty rows have no results but
// log-sum-exp's -inf. Thrown: Undecided; std::invalid_argument for a target outside the row, sizes that do not fit, a scale
// with softmax_backward_from_output, and rows longer than longest_row.
struct Oracle {
  std::string_view name;
  std::string_view summary;
  std::string (*version)(); // of the libraries that it stands on
  // resolution: 1 to finest_resolution. One Truth a result, row-major, result_count(problem) in all. |v - (nearest + tail ulp)| <= 2^-(resolution + 1) ulp, with
  // equality to 0 where exact.
  void (*truths)(const Problem&, int resolution, std::span<Truth>);
  // One enclosure a result, as the oracle's first stage finds it. Not for special values and exact cases: where v is a
  // double-double the radius may be 0, elsewhere results that special_values.hpp decides are {nearest, 0, 0, 0}.
  void (*enclosures)(const Problem&, std::span<Enclosure>);
  // Decimal digits of v, correctly rounded to `digits` significant ones up to one unit in the last, row-major: "1.25", "0",
  // "-1.5e-44", "inf", "nan".
  std::vector<std::string> (*decimals)(const Problem&, int digits);
};

// The proofs of the radii end here.
inline constexpr std::size_t longest_row = std::size_t{1} << 24;

inline std::vector<Truth> truths(const Oracle& oracle, const Problem& problem, int resolution = default_resolution) {
  std::vector<Truth> all(result_count(problem));
  oracle.truths(problem, resolution, all);
  return all;
}
inline std::vector<Enclosure> enclosures(const Oracle& oracle, const Problem& problem) {
  std::vector<Enclosure> all(result_count(problem));
  oracle.enclosures(problem, all);
  return all;
}

} // namespace softmax_audit
