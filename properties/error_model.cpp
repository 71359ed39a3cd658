#include "properties/error_model.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The height of the summation tree, and for compensated sums gamma: what is relative to the sum of the magnitudes beyond one rounding.
struct SumHeight {
  double additions, gamma = 0;
};
SumHeight sum_height(const Claim& claim, Format accumulator, std::size_t n) {
  const double u = unit_roundoff(accumulator);
  const double elements = static_cast<double>(n), recursive = elements - 1;
  switch (claim.summation) {
    case Summation::recursive:
    case Summation::wide: break;
    case Summation::pairwise: return {static_cast<double>(std::bit_width(n - 1))};
    case Summation::lanes: {
      const double lanes = std::max(1.0, 8.0 * claim.accumulator_bytes / traits(accumulator).storage_bits);
      return {std::min(recursive, std::ceil(elements / lanes) - 1 + std::ceil(std::log2(lanes)))};
    }
    case Summation::compensated: return {1, recursive * u < 1 ? recursive * u / (1 - recursive * u) : infinity};
  }
  return {recursive};
}

// On a summand's way to the end of an online sum: exponentials beyond the first, and products that are rounded.
struct Rescalings {
  double exponentials, products;
};
// Contiguous blocks of any lengths, one after the other, each summed below its own largest logit or below the running one.
std::vector<Rescalings> rescalings_of_chain(const std::vector<Scaled>& t) {
  const std::size_t n = t.size();
  std::vector<Rescalings> rescalings(n, {0, 0});
  // What lies below the running maximum, between two elements that do not: only there a block may be summed below a logit of its own that
  // is neither the running maximum nor, as the largest of the stretch is, below none but that.
  double running = -infinity;
  const auto close_stretch = [&](std::size_t first, std::size_t last) {
    double largest = -infinity;
    for (std::size_t j = first; j < last; ++j) largest = std::max(largest, t[j].value);
    for (std::size_t j = first; j < last; ++j) rescalings[j] = {t[j].value < largest ? 1.0 : 0.0, 1};
  };
  std::size_t first = 0;
  std::vector<std::size_t> rises;
  for (std::size_t j = 0; j < n; ++j) {
    if (t[j].value < running) continue;
    close_stretch(first, j);
    first = j + 1;
    if (t[j].value > running && std::isfinite(running)) rises.push_back(j);
    // Its own exponential is exp(0), unless its block goes higher, and then the block's end replaces a rise.
    rescalings[j] = {-1, 0};
    running = t[j].value;
  }
  close_stretch(first, n);
  std::size_t after = rises.size();
  for (std::size_t j = 0, next = 0; j < n; ++j) {
    if (next < rises.size() && rises[next] == j) ++next, --after;
    rescalings[j].exponentials += static_cast<double>(after);
    rescalings[j].products += static_cast<double>(after);
  }
  return rescalings;
}
std::vector<Rescalings> rescalings_of(const Claim& claim, Format accumulator, const ExponentialErrors& errors) {
  const std::size_t n = errors.t.size();
  const double elements = static_cast<double>(n);
  // Vector code keeps a maximum in each lane, so the row's own rises do not bound it; where exp(0) is not 1, every step rescales; a tree of
  // merges rescales either side at each.
  if (claim.summation == Summation::lanes || !claim.exponential_of_zero_is_one) return {n, {elements, elements}};
  if (claim.summation != Summation::pairwise) return rescalings_of_chain(errors.t);
  const double merges = sum_height(claim, accumulator, n).additions + static_cast<double>(errors.rises);
  return {n, {merges, merges}};
}

} // namespace

Difference difference(Format arithmetic, double a, double b) {
  const double rounded = a - b;
  const double b_part = rounded - a;
  const double error = (a - (rounded - b_part)) + (-b - b_part); // TwoSum; NaN, hence inexact, where a - b overflows
  return {std::nextafter(std::fabs(rounded), infinity), error == 0 && round_to(arithmetic, rounded) == rounded};
}

Scaled scaled(const Claim& claim, Format arithmetic, double scale, double x) {
  if (!std::isfinite(x)) return {scale * x, 0};
  if (claim.subnormals == Subnormals::flushed && (x != 0 || scale != 1)) {
    // Logits, scale and product below the normal range count as zero.
    const double normal = smallest_normal(arithmetic);
    const double exact = scale * x;
    if (std::fabs(x) < normal || std::fabs(exact) < normal || std::fabs(scale) < normal)
      return {0, std::fabs(exact) + normal * std::max(1.0, std::fabs(scale)) + smallest_subnormal(arithmetic) * std::fabs(x)};
  }
  // For f32 and below the product of two significands is a double.
  const double value = round_to(arithmetic, round_to(arithmetic, scale) * round_to(arithmetic, x));
  if (std::fma(scale, x, -value) == 0 && std::isfinite(value)) return {value, 0};
  const bool converts = !is_representable(arithmetic, x) || !is_representable(arithmetic, scale);
  const double roundings = converts ? 3.02 : 1.01; // of x, of scale, of the product
  // A scale below the normal range of the arithmetic loses up to half of itself, times a logit of any size.
  const double of_scale =
      std::fabs(scale) < smallest_normal(arithmetic) && !is_representable(arithmetic, scale) ? std::fabs(x) : 0;
  return {value, roundings * (unit_roundoff(arithmetic) * std::fabs(scale * x) +
                              smallest_subnormal(arithmetic) * std::max({1.0, std::fabs(scale), of_scale}))};
}

double exponential_error(const Claim& claim, Format arithmetic) {
  return -std::log1p(-2 * claim.exponential_ulp * unit_roundoff(arithmetic)); // 1 ulp is up to 2 u relative
}

double underflow_distance(const Claim& claim, Format arithmetic) { return -std::log(underflow_unit(claim, arithmetic)) + 2; }

ExponentialErrors exponential_errors(const Claim& claim, Format arithmetic, std::span<const double> x, double scale) {
  const double u = unit_roundoff(arithmetic);
  ExponentialErrors errors;
  std::vector<Scaled>& t = errors.t;
  t.reserve(x.size());
  for (const double value : x) t.push_back(scaled(claim, arithmetic, scale, value));
  std::size_t& at_largest = errors.at_largest;
  for (std::size_t j = 1; j < t.size(); ++j) {
    if (!(t[j].value > t[at_largest].value)) continue;
    if (std::isfinite(t[at_largest].value)) ++errors.rises;
    at_largest = j;
  }
  const Scaled& largest = t[at_largest];
  const double exponential = exponential_error(claim, arithmetic);
  // Beyond this distance all of the error is in the absolute term, whatever u d is, and none in h.
  const double underflowed = underflow_distance(claim, arithmetic);
  if (claim.form == ExponentialForm::base_two_fused) errors.common = 1.01 * u * std::fabs(largest.value);
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
    if (claim.subnormals == Subnormals::flushed && !difference_is_zero) h += underflow_unit(claim, arithmetic);
    // Different logits may scale to the same number: equal is only what was equal before.
    if (x[j] != x[at_largest]) h += element.error + largest.error;
    // Rescaling reaches the same distance in several steps, any of which may be inexact; together they round u (m - x_i).
    const bool difference_rounds = !d.exact || (claim.rescaling == Rescaling::online && !difference_is_zero);
    if (fused) {
      // The rounding of m c is common to the row and cancels; the fma rounds what is left, the constant is off by u.
      h += 2.01 * u * (d.magnitude + 1.01 * u * std::fabs(largest.value)) + underflow_unit(claim, arithmetic);
    } else {
      const double rounding = u * d.magnitude;
      if (difference_rounds) h += claim.difference_is_compensated ? rounding * rounding : rounding;
      if (claim.form == ExponentialForm::base_two) h += 2.01 * u * d.magnitude + underflow_unit(claim, arithmetic);
    }
    errors.h.push_back(h);
  }
  errors.in_sum = errors.h;
  if (claim.rescaling == Rescaling::none) return errors;
  const Format accumulator = claim.accumulator.value_or(arithmetic);
  // A compensated sum is two numbers, each of which is rounded when it is rescaled: beside their sum that is a little more than u.
  const double gamma = sum_height(claim, accumulator, x.size()).gamma;
  const double of_product = gamma < 0.25 ? -std::log1p(-u * (1 + 2 * gamma) / (1 - 2 * gamma)) : infinity;
  const bool underflows_in_steps = claim.subnormals == Subnormals::flushed || claim.form == ExponentialForm::base_two;
  const double of_exponential = exponential + (underflows_in_steps ? 2 * underflow_unit(claim, arithmetic) : 0);
  const std::vector<Rescalings> rescalings = rescalings_of(claim, accumulator, errors);
  for (std::size_t j = 0; j < t.size(); ++j) {
    // What is below nothing is never rescaled.
    if (!std::isfinite(t[j].value) || (t[j].value == largest.value && claim.exponential_of_zero_is_one)) continue;
    const double steps =
        times(std::max(0.0, rescalings[j].exponentials), of_exponential) + times(rescalings[j].products, of_product);
    errors.in_sum[j] += steps;
    errors.rescaling = std::max(errors.rescaling, steps);
  }
  return errors;
}

SumFactors sum_factors(const Claim& claim, Format arithmetic, std::size_t n) {
  const Format accumulator = claim.accumulator.value_or(arithmetic);
  const auto [additions, gamma] = sum_height(claim, accumulator, n);
  const double extra = gamma * gamma;
  const Format accumulator_of_wide = claim.summation == Summation::wide && !claim.accumulator ? Format::f64 : accumulator;
  const double u_sum = unit_roundoff(accumulator_of_wide);
  SumFactors factors{additions * std::log1p(-u_sum) + (extra < 1 ? std::log1p(-extra) : -infinity),
                     additions * std::log1p(u_sum) + std::log1p(extra)};
  if (accumulator_of_wide != arithmetic) { // rounded once more on its way to the division
    factors.log_low += std::log1p(-unit_roundoff(arithmetic));
    factors.log_high += std::log1p(unit_roundoff(arithmetic));
  }
  // Rounding to nearest is monotone: a sum of non-negative numbers is never below its largest summand.
  if (claim.rescaling == Rescaling::none && claim.summation != Summation::compensated)
    factors.log_low = std::max(factors.log_low, -std::log(static_cast<double>(n)));
  return factors;
}

double lost_below_normal_range(const Claim& claim, Format arithmetic, const ExponentialErrors& errors) {
  const double unit = (claim.exponential_ulp + 1) * underflow_unit(claim, arithmetic);
  const double n = static_cast<double>(errors.t.size());
  if (claim.rescaling == Rescaling::none) return n * unit;
  return (2 * n + static_cast<double>(errors.rises)) * unit * std::exp(errors.rescaling);
}

double signed_sum_error(const Claim& claim, Format arithmetic, std::size_t n) {
  Claim summation = claim;
  summation.rescaling = Rescaling::none;
  // Upwards only: downwards sum_factors knows better for summands of one sign.
  return std::expm1(sum_factors(summation, arithmetic, n).log_high);
}

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

} // namespace softmax_audit
