// What a result is where NaN, infinities, masks or emptiness decide it, before any arithmetic. These are definitions, so all
// oracles take them from here. With t_i = scale * x_i (NaN where either is NaN or 0 * inf):
//
//   softmax, log_softmax, softmax_backward, cross_entropy
//     some t_i NaN or +inf, or no t_i finite    every result undefined: no limit exists; what is due is a matter of profiles
//     t_i = -inf beside finite ones             p_i = 0, log p_i = -inf, gradient 0, exactly: the limits
//     some g_i not finite (backward)            every result undefined
//     target masked (cross_entropy)             +inf, exactly
//   log_sum_exp
//     some t_i NaN                              undefined
//     some t_i = +inf                           +inf, exactly
//     no element, or all -inf                   -inf, exactly: log 0
//   softmax_backward_from_output
//     some x_i or g_i not finite                every result undefined
//   sigmoid, element by element
//     NaN, +inf, -inf                           undefined, 1, 0
#pragma once

#include "oracles/oracle.hpp"
#include "oracles/ulp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace softmax_audit {

inline Truth undefined_truth(Format format) {
  return {std::numeric_limits<double>::quiet_NaN(), 0, smallest_subnormal_exponent(format), false};
}
inline Truth zero_truth(Format format) { return {0, 0, smallest_subnormal_exponent(format), true}; }
inline Truth infinite_truth(Format format, double infinity) {
  return {infinity, 0, ulp_exponent_in_binade(format, traits(format).largest_exponent), true};
}

// Throws std::invalid_argument where the problem itself is not one.
inline void require_well_formed(const Problem& problem) {
  const std::size_t elements = problem.rows * problem.cols;
  const auto refuse = [](const std::string& text) { throw std::invalid_argument(text); };
  if (problem.x.size() != elements)
    refuse("the oracle was given " + std::to_string(problem.x.size()) + " elements for " + std::to_string(problem.rows) +
           " rows of " + std::to_string(problem.cols));
  if (problem.cols > longest_row)
    refuse("the oracle was asked for a row of " + std::to_string(problem.cols) + "; its proof ends at " +
           std::to_string(longest_row));
  if (takes_upstream_gradient(problem.operation) && problem.dy.size() != elements)
    refuse("the oracle was given " + std::to_string(problem.dy.size()) + " upstream gradients for " + std::to_string(elements) +
           " elements");
  if (problem.operation == Operation::softmax_backward_from_output && problem.scale != 1)
    refuse("softmax_backward_from_output takes no scale: it starts from the results");
  if (problem.operation != Operation::cross_entropy) return;
  if (problem.target.size() != problem.rows)
    refuse("the oracle was given " + std::to_string(problem.target.size()) + " targets for " + std::to_string(problem.rows) +
           " rows");
  for (const std::int64_t target : problem.target)
    if (target < 0 || static_cast<std::uint64_t>(target) >= problem.cols)
      refuse("target " + std::to_string(target) + " is outside a row of " + std::to_string(problem.cols));
}

// t = scale * x as far as special values go: its sign and class are those of the exact product, its size is not (the product
// of two finite numbers is finite, however large).
inline double class_of_product(double x, double scale) {
  if (std::isfinite(x) && std::isfinite(scale)) return 0;
  return x * scale; // an infinity or NaN
}

// What the special values say of one row.
enum class RowClass {
  ordinary,  // every element's t is finite or -inf, some is finite: arithmetic, save for the masked elements
  undefined, // every result is undefined
  infinite,  // log_sum_exp only: +inf
  empty,     // nothing with mass: log_sum_exp -inf, no results otherwise (cols = 0)
};
// Not for sigmoid, whose elements are rows of their own.
inline RowClass class_of_row(const Problem& row) {
  if (row.operation == Operation::softmax_backward_from_output) {
    const auto finite = [](double v) { return std::isfinite(v); };
    const bool all = std::all_of(row.x.begin(), row.x.end(), finite) && std::all_of(row.dy.begin(), row.dy.end(), finite);
    return row.cols == 0 ? RowClass::empty : all ? RowClass::ordinary : RowClass::undefined;
  }
  bool some_nan = false, some_infinite = false, some_finite = false;
  for (const double x : row.x) {
    const double t = class_of_product(x, row.scale);
    some_nan = some_nan || std::isnan(t);
    some_infinite = some_infinite || t == std::numeric_limits<double>::infinity();
    some_finite = some_finite || t == 0;
  }
  if (row.operation == Operation::softmax_backward)
    for (const double g : row.dy) some_nan = some_nan || !std::isfinite(g);
  if (some_nan) return RowClass::undefined;
  if (some_infinite) return row.operation == Operation::log_sum_exp ? RowClass::infinite : RowClass::undefined;
  if (some_finite) return RowClass::ordinary;
  return row.operation == Operation::log_sum_exp || row.cols == 0 ? RowClass::empty : RowClass::undefined;
}

// An element without mass, scale * x_i = -inf, in an ordinary row; false for everything in softmax_backward_from_output.
inline bool is_masked(const Problem& row, std::size_t i) {
  return row.operation != Operation::softmax_backward_from_output && !std::isfinite(row.x[i]);
}
inline Truth masked_truth(Operation operation, Format format) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (operation == Operation::log_softmax) return infinite_truth(format, -infinity);
  if (operation == Operation::cross_entropy) return infinite_truth(format, infinity);
  return zero_truth(format);
}

// The results of a row that is not ordinary.
inline void special_truths(const Problem& row, RowClass row_class, std::span<Truth> results) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Truth truth = undefined_truth(row.format);
  if (row_class == RowClass::infinite) truth = infinite_truth(row.format, infinity);
  if (row_class == RowClass::empty) truth = infinite_truth(row.format, -infinity);
  std::fill(results.begin(), results.end(), truth);
}

// sigmoid of one element whose t is not finite; t is what class_of_product gives.
inline Truth special_sigmoid(Format format, double t) {
  if (std::isnan(t)) return undefined_truth(format);
  if (t < 0) return zero_truth(format);
  return {1, 0, ulp_exponent(format, 1), true};
}

inline Enclosure special_enclosure(const Truth& truth) { return {truth.nearest, 0, 0, 0}; }

} // namespace softmax_audit
