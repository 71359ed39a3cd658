// What laws ask of a row and of a subject.
#pragma once

#include "oracles/ulp.hpp"
#include "properties/bounds.hpp"
#include "properties/property.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace softmax_audit {

// The question that the oracle can answer: no scale * x is NaN or +inf, and some is finite.
inline bool has_truth(std::span<const double> x, double scale) {
  bool finite = false;
  if (!std::isfinite(scale)) return false;
  for (const double value : x) {
    if (std::isnan(value) || (std::isinf(value) && !(value < 0 && scale > 0))) return false;
    finite = finite || std::isfinite(value);
  }
  return finite;
}

inline bool is_ordinary(const Case& c) { return !c.x.empty() && has_truth(c.x, c.scale); }

// The index of the largest scale * x. Requires an ordinary row.
inline std::size_t largest_index(std::span<const double> x, double scale) {
  std::size_t largest = 0;
  bool found = false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i])) continue;
    if (!found || (scale < 0 ? x[i] < x[largest] : x[i] > x[largest])) largest = i;
    found = true;
  }
  return largest;
}

inline std::vector<double> answer(const Subject& subject, const Case& c, std::span<const double> x) {
  return subject.run(Problem{Operation::softmax, c.format, 1, x.size(), x, c.scale});
}
inline std::vector<double> answer(const Subject& subject, const Case& c) { return answer(subject, c, c.x); }

inline SoftmaxBounds bounds_of(const Subject& subject, const Case& c, std::span<const double> x,
                               std::span<const Truth> truths) {
  return softmax_bounds(subject.claim, c.format, x, c.scale, truths);
}

inline std::string assumptions_of(const Subject& subject, const Case& c) {
  return assumptions(subject.claim, subject.claim_is_assumed, c.format, c.x.size());
}

inline Measured absolute(const UlpError& error) {
  const double size = std::fabs(error.value);
  return {std::max(0.0, size - error.half_width), size + error.half_width};
}

// A difference of two doubles divided by a power of two, as an interval: one rounding.
inline Measured exact_but_one_rounding(double value) {
  const double size = std::max(0.0, value);
  return {size * (1 - 0x1p-52), size * (1 + 0x1p-52)};
}

inline void keep_row(Case&, Random&) {}

// Every element against the truth, within B1.
inline Finding compare_with_truth(const Subject& subject, const Case& c, Truths& truths, int resolution) {
  const auto truth = truths.row(c.format, c.x, c.scale, resolution);
  const SoftmaxBounds bounds = bounds_of(subject, c, c.x, *truth);
  const std::vector<double> y = answer(subject, c);
  WorstFinding worst(Basis::theorem, assumptions_of(subject, c));
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double want = (*truth)[i].nearest, bound = bounds.ulp[i];
    const bool anything_goes = std::isinf(bound); // but a NaN is no answer even then
    if (std::isnan(y[i]))
      worst.consider_not_a_number(anything_goes ? 0 : bound, i, want);
    else if (!anything_goes)
      worst.consider(absolute(ulp_error(y[i], (*truth)[i], resolution)), bound, i, want, y[i]);
  }
  return worst.finding();
}

// Two runs with one truth: `other` is the row in another form, and its element i is the row's element of[i]. Each run lies within its
// own B1 of the truth, so they lie within the sum of both of each other.
inline Finding compare_runs(const Subject& subject, const Case& c, const std::vector<double>& other,
                            const std::vector<std::size_t>& of, Truths& truths, int resolution) {
  const auto truth = truths.row(c.format, c.x, c.scale, resolution);
  std::vector<Truth> other_truth;
  for (const std::size_t i : of) other_truth.push_back((*truth)[i]);
  const SoftmaxBounds bounds = bounds_of(subject, c, c.x, *truth);
  const SoftmaxBounds other_bounds = bounds_of(subject, c, other, other_truth);
  const std::vector<double> y = answer(subject, c);
  const std::vector<double> other_y = answer(subject, c, other);
  WorstFinding worst(Basis::theorem, assumptions_of(subject, c));
  for (std::size_t k = 0; k < other.size(); ++k) {
    const std::size_t i = of[k];
    const double bound = bounds.ulp[i] + other_bounds.ulp[k];
    const bool anything_goes = std::isinf(bound);
    if (std::isnan(y[i]) || std::isnan(other_y[k])) {
      worst.consider_not_a_number(anything_goes ? 0 : bound, i, (*truth)[i].nearest);
    } else if (!anything_goes) {
      const double distance = std::ldexp(std::fabs(other_y[k] - y[i]), -(*truth)[i].ulp_exponent);
      worst.consider(exact_but_one_rounding(distance), bound, i, y[i], other_y[k]);
    }
  }
  return worst.finding();
}

} // namespace softmax_audit
