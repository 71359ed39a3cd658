// Makes a counterexample small: fewer elements first, then simpler parameters and values.
//
// The order. Of two values the simpler one is finite rather than infinite rather than NaN; then has fewer significant bits (0 has none); then
// an exponent nearer to 0; then, of 2^k and 2^-k, the former; then the smaller significand; then no sign. It is total, and each value of a
// format has finitely many simpler ones. Of two cases the simpler one has fewer elements; then a shorter second row (with); then the simpler
// permutation (none, the reversal, others); then the simpler scale (1 is the simplest of all), shift, target and number; then x_0, x_1 ...,
// dy and with, value by value.
//
// The moves. Each gives a simpler case:
//   - one element less. What points into the row follows its element; the number also stays as it was, for it need not be a place in
//     the row; the permutation also becomes the reversal, for the rest of it may move nothing;
//   - one value of the second row less; instead of 3 to 8 elements two, equal to one of them;
//   - the permutation becomes the reversal; the scale becomes 1 and x_i becomes scale * x_i, rounded;
//   - target or number becomes one of 0 .. 64, its half, or one less;
//   - a value - one of x, dy or with, the scale or the shift, or all values of x that are equal - becomes a simpler one (below).
// Moves of a value v = +-1.b_1 ... b_k * 2^e; an infinity or NaN counts as 2^E, E the format's largest exponent:
//   - 0; -v; v with any number of its last bits cut off, towards 0 and away from it; v with one bit b_i cleared;
//   - v with any exponent nearer to 0;
//   - +-2^k, |k| <= max(8, |e|), and of a finite value +-(2^k + 2^j), |k| <= 8: the simplest ones of each exponent and number of bits;
//   - an infinity for a NaN; one of the first 64 values of x, and for the scale 1.
#pragma once

#include "properties/property.hpp"

#include <chrono>
#include <functional>

namespace softmax_audit {

bool is_simpler(double a, double b);
bool is_simpler(const Case& a, const Case& b);

// A case that is one move away from c and for which `still_breaks` is true; nothing where there is none: c is locally minimal. It tries
// every move, one after the other, and shares no code with `shrink`, which it judges.
std::optional<Case> simpler_case(const Case& c, const std::function<bool(const Case&)>& still_breaks);

struct Shrunk {
  Case smallest;
  bool minimal = false; // no move keeps the break; false: time ended before that was known
};

// The simplest case found within `budget` for which `still_breaks` is true. Requires still_breaks(c).
Shrunk shrink(const Case& c, const std::function<bool(const Case&)>& still_breaks, std::chrono::milliseconds budget);

} // namespace softmax_audit
