#include "properties/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// 0 * inf = 0: no error, however large the number it would multiply.
double times(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

// p from above, for multiplying it with exp(h): the smallest double instead of 0, for h may be large.
double at_least_p(const Truth& truth) { return std::max(magnitude_of(truth), std::numeric_limits<double>::denorm_min()); }

// A difference a - b as the arithmetic sees it.
struct Difference {
  double magnitude; // |a - b|, rounded up
  bool exact;       // a - b is a value of the arithmetic
};
Difference difference(Format arithmetic, double a, double b) {
  const double rounded = a - b;
  const double b_part = rounded - a;
  const double error = (a - (rounded - b_part)) + (-b - b_part); // TwoSum; NaN, hence inexact, where a - b overflows
  return {std::nextafter(std::fabs(rounded), infinity), error == 0 && round_to(arithmetic, rounded) == rounded};
}

// scale * x as the arithmetic sees it: both are converted to it, and their product is rounded.
struct Scaled {
  double value;
  double error; // bound on |value - scale * x|
};
Scaled scaled(Format arithmetic, double scale, double x) {
  if (!std::isfinite(x)) return {scale * x, 0};
  // For f32 and below the product of two significands is a double.
  const double value = round_to(arithmetic, round_to(arithmetic, scale) * round_to(arithmetic, x));
  if (std::fma(scale, x, -value) == 0 && std::isfinite(value)) return {value, 0};
  const bool converts = !is_representable(arithmetic, x) || !is_representable(arithmetic, scale);
  const double roundings = converts ? 3.01 : 1.01; // of x, of scale, of the product
  return {value, roundings * (unit_roundoff(arithmetic) * std::fabs(scale * x) +
                              smallest_subnormal(arithmetic) * std::max(1.0, std::fabs(scale)))};
}

// exp2(fma(x, c, -fl(m c))), c = fl(log2 e): the largest logit's exponent is m c - fl(m c), not 0. The class is covered where that
// is small; elsewhere everything may overflow together.
constexpr double largest_common_exponent = 0x1p-4;

// The row in the class's arithmetic: h_i bounds |log of (computed exponential / exact exponential)| in the normal range.
struct ExponentialErrors {
  std::vector<double> h;
  std::size_t rises = 0; // of the running maximum
};
ExponentialErrors exponential_errors(const Claim& claim, Format arithmetic, std::span<const double> x, double scale) {
  const double u = unit_roundoff(arithmetic);
  std::vector<Scaled> t;
  t.reserve(x.size());
  for (const double value : x) t.push_back(scaled(arithmetic, scale, value));
  std::size_t at_largest = 0;
  ExponentialErrors errors;
  for (std::size_t j = 1; j < t.size(); ++j) {
    if (!(t[j].value > t[at_largest].value)) continue;
    if (std::isfinite(t[at_largest].value)) ++errors.rises;
    at_largest = j;
  }
  const Scaled& largest = t[at_largest];
  // 1 ulp is up to 2 u relative.
  const double exponential = -std::log1p(-2 * claim.exponential_ulp * u);
  // Beyond this distance exact and computed exponential lie below (exp_ulp + 1/4) lambda, whatever u d is: all of their error
  // is in the absolute term (underflow_error), and none in h.
  const double underflowed = -std::log(smallest_subnormal(arithmetic)) + 2;
  errors.h.reserve(x.size());
  for (std::size_t j = 0; j < t.size(); ++j) {
    const Scaled& element = t[j];
    if (!std::isfinite(element.value)) {
      errors.h.push_back(0); // no mass, no error
      continue;
    }
    const Difference d = difference(arithmetic, element.value, largest.value);
    if (d.magnitude * (1 - 4 * u) - element.error - largest.error > underflowed) {
      errors.h.push_back(0);
      continue;
    }
    const bool fused = claim.form == ExponentialForm::base_two_fused;
    const bool difference_is_zero = element.value == largest.value;
    double h = difference_is_zero && claim.exponential_of_zero_is_one && !fused ? 0 : exponential;
    // Different logits may scale to the same number: equal is only what was equal before.
    if (x[j] != x[at_largest]) h += element.error + largest.error;
    // Rescaling reaches the same distance in several steps, any of which may be inexact; together they round u (m - x_i).
    const bool difference_rounds = !d.exact || (claim.rescaling == Rescaling::online && !difference_is_zero);
    if (fused) {
      // The rounding of m c is common to the row and cancels; the fma rounds what is left, the constant is off by u.
      h += 2.01 * u * (d.magnitude + 1.01 * u * std::fabs(largest.value));
    } else {
      const double rounding = u * d.magnitude;
      if (difference_rounds) h += claim.difference_is_compensated ? rounding * rounding : rounding;
      if (claim.form == ExponentialForm::base_two) h += 2.01 * u * d.magnitude + smallest_subnormal(arithmetic);
    }
    errors.h.push_back(h);
  }
  return errors;
}

// Logarithms of the factors that bound computed sum / sum of the computed exponentials. Every addition multiplies what is
// below it in the summation tree by a factor in [1 - u, 1 + u].
struct SumFactors {
  double log_low;
  double log_high;
};
SumFactors sum_factors(const Claim& claim, Format arithmetic, std::size_t n, std::size_t rises) {
  const Format accumulator = claim.accumulator.value_or(arithmetic);
  const double u = unit_roundoff(accumulator);
  const double elements = static_cast<double>(n);
  double additions = elements - 1;
  double extra = 0; // relative, beyond the tree's height
  switch (claim.summation) {
    case Summation::recursive:
    case Summation::wide: break;
    case Summation::pairwise: additions = static_cast<double>(std::bit_width(n - 1)); break;
    case Summation::lanes: {
      const double lanes = std::max(1.0, 8.0 * claim.accumulator_bytes / traits(accumulator).storage_bits);
      additions = std::min(additions, std::ceil(elements / lanes) - 1 + std::ceil(std::log2(lanes)));
      break;
    }
    case Summation::compensated: {
      const double gamma = additions * u < 1 ? additions * u / (1 - additions * u) : infinity;
      additions = 1;
      extra = gamma * gamma;
      break;
    }
  }
  const Format accumulator_of_wide = claim.summation == Summation::wide && !claim.accumulator ? Format::f64 : accumulator;
  const double u_sum = unit_roundoff(accumulator_of_wide);
  SumFactors factors{additions * std::log1p(-u_sum) + (extra < 1 ? std::log1p(-extra) : -infinity),
                     additions * std::log1p(u_sum) + std::log1p(extra)};
  if (accumulator_of_wide != arithmetic) { // rounded once more on its way to the division
    factors.log_low += std::log1p(-unit_roundoff(arithmetic));
    factors.log_high += std::log1p(unit_roundoff(arithmetic));
  }
  if (claim.rescaling == Rescaling::online) {
    const double u_work = unit_roundoff(arithmetic);
    // Vector code keeps a maximum in each lane, so the row's own rises do not bound it.
    const double r = claim.summation == Summation::lanes ? elements : static_cast<double>(rises);
    factors.log_low += r * (std::log1p(-2 * claim.exponential_ulp * u_work) + std::log1p(-u_work));
    factors.log_high += r * (std::log1p(2 * claim.exponential_ulp * u_work) + std::log1p(u_work));
  } else if (claim.summation != Summation::compensated) {
    // Rounding to nearest is monotone: a sum of non-negative numbers is never below its largest summand.
    factors.log_low = std::max(factors.log_low, -std::log(elements));
  }
  return factors;
}

// Logarithms of the factors that division and storage add to a quotient in the normal range.
struct QuotientFactors {
  double log_low;
  double log_high;
};
QuotientFactors quotient_factors(const Claim& claim, Format arithmetic, Format format) {
  const double u = unit_roundoff(arithmetic);
  const double roundings = claim.division == Division::reciprocal ? 2 : 1;
  QuotientFactors factors{roundings * std::log1p(-u), roundings * std::log1p(u)};
  if (arithmetic != format) {
    factors.log_low += std::log1p(-unit_roundoff(format));
    factors.log_high += std::log1p(unit_roundoff(format));
  }
  return factors;
}

// The absolute error that underflow may add to one result, in smallest subnormals of the format (a double could not hold half
// of binary64's), with `low_sum` a lower bound of the computed sum relative to the
// exact one, whose exact value is at least 1 / p_max.
double underflow_error(const Claim& claim, Format arithmetic, Format format, double low_sum, double p_max) {
  const double lambda = std::ldexp(1.0, smallest_subnormal_exponent(arithmetic) - smallest_subnormal_exponent(format));
  const double exponential =
      (claim.exponential_ulp + 0.25 + (claim.difference_is_compensated ? 0.5 : 0)) * lambda * p_max / low_sum;
  const double roundings = claim.division == Division::reciprocal ? 1.0 : 0.5;
  double error = exponential * 1.07 + roundings * lambda; // 1.07: three roundings, in bfloat16 at
  // worst, and a common factor of 2^(1/16) from fused exponents
  if (arithmetic != format) error += 0.5;
  return error;
}

// For each i the sum of all but the i-th: by sums from both ends, because total - values[i] cancels where one element has all the mass.
std::vector<double> sums_without(const std::vector<double>& values) {
  std::vector<double> sums(values.size());
  double before = 0, after = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[i] = before;
    before += values[i];
  }
  for (std::size_t i = values.size(); i-- > 0;) {
    sums[i] += after;
    after += values[i];
  }
  return sums;
}

double rounded_up(double value, std::size_t n) { return value * (1 + (static_cast<double>(n) + 64) * 0x1p-52); }

} // namespace

SoftmaxBounds softmax_bounds(const Claim& claim, Format format, std::span<const double> x, double scale,
                             std::span<const Truth> truths) {
  const Format arithmetic = arithmetic_of(claim, format);
  const std::size_t n = x.size();
  const double elements = static_cast<double>(n);
  const auto [h, rises] = exponential_errors(claim, arithmetic, x, scale);
  const SumFactors sum = sum_factors(claim, arithmetic, n, rises);
  const QuotientFactors quotient = quotient_factors(claim, arithmetic, format);
  const bool shares_exponentials = claim.rescaling == Rescaling::none;

  double p_max = 0, below = 0, above = 0; // sum_j p_j (1 - exp(-h_j)) and sum_j p_j (exp(h_j) - 1)
  std::vector<double> mass(n), below_of(n), above_of(n);
  for (std::size_t j = 0; j < n; ++j) {
    p_max = std::max(p_max, magnitude_of(truths[j]));
    mass[j] = magnitude_of(truths[j]);
    below += below_of[j] = times(at_least_p(truths[j]), -std::expm1(-h[j]));
    above += above_of[j] = times(at_least_p(truths[j]), std::expm1(h[j]));
  }
  const std::vector<double> mass_without = sums_without(mass), below_without = sums_without(below_of),
                            above_without = sums_without(above_of);
  // Exponentials below the normal range, and sums that online rescaling pushes there, move the sum by this, relative to it.
  const double rescalings = claim.rescaling == Rescaling::online ? static_cast<double>(rises) : 0;
  const double lost = (elements + rescalings) * (claim.exponential_ulp + 1) * smallest_subnormal(arithmetic) * p_max /
                      std::max(1 - below, std::numeric_limits<double>::min());
  const double log_low = sum.log_low + std::log1p(-std::min(lost, 1.0));
  const double log_high = sum.log_high + std::log1p(lost);
  const double absolute = underflow_error(claim, arithmetic, format, std::exp(log_low) * std::max(1 - below, 0.0), p_max);

  SoftmaxBounds bounds{};
  bounds.ulp.reserve(n);
  double sum_of_bounds = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double p = magnitude_of(truths[i]);
    // How far the denominator, relative to the exact one and to this numerator, may lie below and above 1:
    // sum_{j != i} p_j (1 - exp(-h_i - h_j)) and sum_{j != i} p_j (exp(h_i + h_j) - 1), or over all j.
    double short_by, long_by;
    if (shares_exponentials) {
      short_by = -std::expm1(-h[i]) * mass_without[i] + std::exp(-h[i]) * below_without[i];
      long_by = times(std::expm1(h[i]), mass_without[i]) + times(std::exp(h[i]), above_without[i]);
    } else {
      short_by = -std::expm1(-h[i]) + std::exp(-h[i]) * below;
      long_by = std::expm1(h[i]) + times(std::exp(h[i]), above);
    }
    const double up = short_by < 1 ? std::expm1(quotient.log_high - log_low - std::log1p(-short_by)) : infinity;
    const double down = -std::expm1(quotient.log_low - log_high - std::log1p(long_by));
    const double relative = std::max({up, down, 0.0});
    if (!(relative < 1)) {
      bounds.ulp.push_back(infinity);
      sum_of_bounds = infinity;
      continue;
    }
    const double lambda_in_ulp = std::ldexp(1.0, smallest_subnormal_exponent(format) - truths[i].ulp_exponent);
    // p below half the smallest subnormal is counted as that much.
    const double p_in_ulp = std::max(std::ldexp(p, -truths[i].ulp_exponent), 0.5 * lambda_in_ulp);
    bounds.ulp.push_back(std::isfinite(x[i]) ? rounded_up(p_in_ulp * relative + absolute * lambda_in_ulp, n) : 0);
    sum_of_bounds += p * relative;
  }
  if (shares_exponentials) {
    // sum_i e_i / computed sum is free of the exponentials' errors: only summation, division and underflow are left.
    const double relative = std::max(std::expm1(quotient.log_high - sum.log_low), -std::expm1(quotient.log_low - sum.log_high));
    // Whole subnormals where half of one is meant: half of binary64's is not a double, and neither matters beside u.
    const double roundings = smallest_subnormal(arithmetic) + (arithmetic != format ? 0.5 * smallest_subnormal(format) : 0);
    sum_of_bounds = relative + elements * roundings;
  } else {
    sum_of_bounds += elements * std::max(absolute * smallest_subnormal(format), smallest_subnormal(format));
  }
  bounds.sum = rounded_up(sum_of_bounds, n) / unit_roundoff(format);
  bounds.h = h;
  bounds.quotient = quotient.log_high - quotient.log_low;
  bounds.absolute = absolute;
  return bounds;
}

double inversion_bound(const Claim& claim, Format format, std::span<const double> x, double scale,
                       std::span<const Truth> truths, const SoftmaxBounds& bounds, std::size_t i, std::size_t j) {
  if (!std::isfinite(x[j])) return 0; // an exact zero is never above anything
  if (x[i] == x[j] && claim.equal_logits_give_equal_bits) return 0;
  if (!std::isfinite(bounds.ulp[i])) return infinity;
  const Truth& truth = truths[i];
  const double lambda_in_ulp = std::ldexp(1.0, smallest_subnormal_exponent(format) - truth.ulp_exponent);
  const double largest_y_in_ulp = std::ldexp(magnitude_of(truth), -truth.ulp_exponent) + lambda_in_ulp + bounds.ulp[i];
  const double distance = std::fabs(scale) * std::fabs(x[i] - x[j]) * (1 - 0x1p-50);
  const double growth = std::max(0.0, std::expm1(bounds.h[i] + bounds.h[j] + bounds.quotient - distance));
  return rounded_up(times(largest_y_in_ulp, growth) + 2 * bounds.absolute * lambda_in_ulp, x.size());
}

bool covers(const Claim& claim, Format format, std::span<const double> x, double scale) {
  const Format arithmetic = arithmetic_of(claim, format);
  const Format accumulator = claim.accumulator.value_or(arithmetic);
  if (static_cast<double>(x.size()) * 1.25 > largest_finite(accumulator)) return false;
  if (!std::isfinite(round_to(arithmetic, scale))) return !std::isfinite(scale);
  double largest = 0;
  for (const double value : x) {
    if (!std::isfinite(value)) continue;
    const double t = scaled(arithmetic, scale, value).value;
    if (!std::isfinite(t)) return false;
    largest = std::max(largest, std::fabs(t));
  }
  return claim.form != ExponentialForm::base_two_fused || 1.5 * unit_roundoff(arithmetic) * largest <= largest_common_exponent;
}

std::string assumptions(const Claim& claim, bool assumed, Format format, std::size_t n) {
  const Format arithmetic = arithmetic_of(claim, format);
  std::string text = fmt::format("n = {}, {} arithmetic, exp within {} ulp", n, name(arithmetic), claim.exponential_ulp);
  if (claim.difference_is_compensated) text += " of the exact difference";
  if (claim.form == ExponentialForm::base_two) text += " as exp2((x - m) log2 e)";
  if (claim.form == ExponentialForm::base_two_fused) text += " as exp2(fma(x, log2 e, -m log2 e))";
  switch (claim.summation) {
    case Summation::recursive: text += ", recursive sum"; break;
    case Summation::pairwise: text += ", pairwise sum"; break;
    case Summation::lanes: text += fmt::format(", sum in {} bytes of lanes", claim.accumulator_bytes); break;
    case Summation::compensated: text += ", compensated sum"; break;
    case Summation::wide: text += ", wide sum"; break;
  }
  if (claim.rescaling == Rescaling::online) text += ", online rescaling";
  text += claim.division == Division::divide ? ", one division" : ", reciprocal and product";
  if (assumed) text += " (assumed: nothing was declared)";
  return text;
}

UlpError ulp_error(double y, const Truth& truth, int resolution) {
  const double value = std::ldexp(y - truth.nearest, -truth.ulp_exponent) - truth.tail;
  if (!std::isfinite(value)) return {std::copysign(std::numeric_limits<double>::max(), value), 0}; // beyond counting
  // y - nearest and the subtraction of the tail each round once, by 2^-53 of what they give.
  const bool certain = truth.exact && truth.tail == 0;
  return {value, (certain ? 0 : std::ldexp(1.0, -resolution - 1)) + std::fabs(value) * 0x1p-51};
}

} // namespace softmax_audit
