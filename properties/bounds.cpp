#include "properties/bounds.hpp"

#include "properties/error_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// exp2(fma(x, c, -fl(m c))), c = fl(log2 e): the largest logit's exponent is m c - fl(m c), not 0. The class is covered where that
// is small; elsewhere everything may overflow together.
constexpr double largest_common_exponent = 0x1p-4;

// p from above, for multiplying it with exp(h): the smallest double instead of 0, for h may be large.
double at_least_p(const Truth& truth) { return std::max(magnitude_of(truth), std::numeric_limits<double>::denorm_min()); }

// What underflow of the exponentials may add to one result, in smallest subnormals of the storage format (a double could not hold half
// of binary64's), with `low_sum` a lower bound of the computed sum relative to the exact one, whose exact value is at least 1 / p_max.
double exponential_underflow(const Claim& claim, Format arithmetic, Format format, double low_sum, double p_max) {
  const double unit = std::ldexp(1.0, underflow_unit_exponent(claim, arithmetic) - smallest_subnormal_exponent(format));
  // 1.07: three roundings, in bfloat16 at worst, and a common factor of 2^(1/16) from fused exponents
  return (claim.exponential_ulp + 0.25 + (claim.difference_is_compensated ? 0.5 : 0)) * unit * p_max / low_sum * 1.07;
}

// What one rounding to `rounded` loses below the normal range, in smallest subnormals of the storage format: half of a subnormal,
// or, where it is flushed, all of the smallest normal.
double rounding_underflow(const Claim& claim, Format rounded, Format format) {
  const double unit = std::ldexp(1.0, underflow_unit_exponent(claim, rounded) - smallest_subnormal_exponent(format));
  return claim.subnormals == Subnormals::flushed ? unit : 0.5 * unit;
}

// Computed shares of the class before their last rounding in the arithmetic: |y_i - p_i| <= relative[i] p_i + absolute lambda, lambda the
// storage format's smallest subnormal. An error of 100 % and more is infinite.
struct ShareErrors {
  std::vector<double> relative;
  double absolute;
  ExponentialErrors exponentials;
  SumFactors sum;
  QuotientFactors quotient;
};
ShareErrors share_errors(const Claim& claim, Format arithmetic, Format format, std::span<const double> x, double scale,
                         std::span<const Truth> truths) {
  const std::size_t n = x.size();
  ShareErrors errors;
  errors.exponentials = exponential_errors(claim, arithmetic, x, scale);
  const std::vector<double>&h = errors.exponentials.h, &in_sum = errors.exponentials.in_sum;
  const SumFactors sum = errors.sum = sum_factors(claim, arithmetic, n);
  errors.quotient = quotient_factors(claim, arithmetic, format);
  // A reciprocal is rounded before the product is.
  const double u = unit_roundoff(arithmetic);
  const QuotientFactors quotient =
      claim.division == Division::reciprocal ? QuotientFactors{std::log1p(-u), std::log1p(u)} : QuotientFactors{0, 0};
  const bool shares_exponentials = claim.rescaling == Rescaling::none;

  double p_max = 0, below = 0, above = 0; // sum_j p_j (1 - exp(-h_j)) and sum_j p_j (exp(h_j) - 1), h of the sum
  std::vector<double> mass(n), below_of(n), above_of(n);
  for (std::size_t j = 0; j < n; ++j) {
    p_max = std::max(p_max, magnitude_of(truths[j]));
    mass[j] = magnitude_of(truths[j]);
    below += below_of[j] = times(at_least_p(truths[j]), -std::expm1(-in_sum[j]));
    above += above_of[j] = times(at_least_p(truths[j]), std::expm1(in_sum[j]));
  }
  const std::vector<double> mass_without = sums_without(mass), below_without = sums_without(below_of),
                            above_without = sums_without(above_of);
  const double lost = lost_below_normal_range(claim, arithmetic, errors.exponentials) * p_max /
                      std::max(1 - below, std::numeric_limits<double>::min());
  const double log_low = sum.log_low + std::log1p(-std::min(lost, 1.0));
  const double log_high = sum.log_high + std::log1p(lost);
  errors.absolute = exponential_underflow(claim, arithmetic, format, std::exp(log_low) * std::max(1 - below, 0.0), p_max) +
                    (claim.division == Division::reciprocal ? rounding_underflow(claim, arithmetic, format) : 0);
  errors.relative.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
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
    errors.relative.push_back(relative < 1 ? relative : infinity);
  }
  return errors;
}

// A share within `relative` p + `absolute` lambda is rounded to the arithmetic and then to storage: the error that is left, in ulp of p.
// Rounding to nearest moves a number z by at most u |z| in the normal range and half a subnormal below it: by the larger of the two.
double rounded_share(const Claim& claim, Format arithmetic, const Truth& truth, Format format, double relative, double absolute,
                     std::size_t n) {
  if (std::isinf(relative)) return infinity;
  const double lambda_in_ulp = std::ldexp(1.0, smallest_subnormal_exponent(format) - truth.ulp_exponent);
  // p below half the smallest subnormal is counted as that much.
  const double p = std::max(std::ldexp(magnitude_of(truth), -truth.ulp_exponent), 0.5 * lambda_in_ulp);
  double error = p * relative + absolute * lambda_in_ulp;
  error += std::max(unit_roundoff(arithmetic) * (p + error), rounding_underflow(claim, arithmetic, format) * lambda_in_ulp);
  if (arithmetic != format)
    error += std::max(unit_roundoff(format) * (p + error), rounding_underflow(claim, format, format) * lambda_in_ulp);
  return rounded_up(error, n);
}

// A sum s of exponentials and its logarithm, as log-sum-exp, log-softmax and cross-entropy have it: `of_logarithm` bounds
// |computed log s - log s| with s = sum_j exp(scale x_j - m).
struct LogarithmErrors {
  ExponentialErrors exponentials;
  double of_logarithm;
};
LogarithmErrors logarithm_errors(const Claim& claim, Format arithmetic, const Problem& row, const Oracle& oracle) {
  const std::vector<Truth> shares =
      truths(oracle, Problem{Operation::softmax, row.format, 1, row.cols, row.x, row.scale}, default_resolution);
  LogarithmErrors errors{exponential_errors(claim, arithmetic, row.x, row.scale), 0};
  const auto& exponentials = errors.exponentials;
  const SumFactors sum = sum_factors(claim, arithmetic, row.cols);
  double below = 0, above = 0, p_max = 0;
  for (std::size_t j = 0; j < row.cols; ++j) {
    p_max = std::max(p_max, magnitude_of(shares[j]));
    below += times(at_least_p(shares[j]), -std::expm1(-exponentials.in_sum[j]));
    above += times(at_least_p(shares[j]), std::expm1(exponentials.in_sum[j]));
  }
  if (!(below < 1)) return errors.of_logarithm = infinity, errors;
  const double lost = std::min(1.0, lost_below_normal_range(claim, arithmetic, exponentials) * p_max / (1 - below));
  const double deviation =
      std::max(std::log1p(above) + sum.log_high + std::log1p(lost), -std::log1p(-below) - sum.log_low - std::log1p(-lost)) +
      exponentials.common;
  // log s = -log p_max, and p_max is known to 2^-9 ulp.
  const double p_low = std::max(value_of(shares[exponentials.at_largest]) * (1 - 0x1p-7), 1 / static_cast<double>(row.cols));
  const double logarithm = std::max(0.0, -std::log(p_low)) + 0x1p-40;
  errors.of_logarithm = deviation + 2 * claim.logarithm_ulp * unit_roundoff(arithmetic) * (logarithm + deviation);
  return errors;
}

// |computed - v| in ulp of v, where a number within `before` of v is rounded to the arithmetic and then to the storage format.
double rounded_result(const Claim& claim, Format arithmetic, Format format, const Truth& truth, double before, std::size_t n) {
  if (!std::isfinite(before)) return infinity;
  const double u = unit_roundoff(arithmetic);
  const double u_storage = arithmetic == format ? 0 : unit_roundoff(format);
  // (1 + u)(1 + u_s)(|v| + before) - |v|
  const double roundings = u + u_storage + u * u_storage;
  const double ulps = std::ldexp(roundings * magnitude_of(truth), -truth.ulp_exponent) +
                      std::ldexp((1 + roundings) * before, -truth.ulp_exponent);
  const double lambda = std::ldexp(1.0, underflow_unit_exponent(claim, format) - truth.ulp_exponent);
  const bool flushed = claim.subnormals == Subnormals::flushed;
  return rounded_up(ulps + (flushed ? lambda : arithmetic == format ? 0 : 0.5 * lambda), n);
}

std::vector<double> log_bounds(const Claim& claim, const Problem& row, std::span<const Truth> truths, const Oracle& oracle) {
  const Format arithmetic = arithmetic_of(claim, row.format);
  const LogarithmErrors errors = logarithm_errors(claim, arithmetic, row, oracle);
  const ExponentialErrors& exponentials = errors.exponentials;
  const double of_logarithm = errors.of_logarithm;
  const Scaled& largest = exponentials.t[exponentials.at_largest];
  if (row.operation == Operation::log_sum_exp)
    return {rounded_result(claim, arithmetic, row.format, truths[0], largest.error + of_logarithm, row.cols)};
  const auto bound_at = [&](std::size_t i, const Truth& truth) -> double {
    if (!std::isfinite(row.x[i])) return 0;
    const Scaled& element = exponentials.t[i];
    const Difference d = difference(arithmetic, element.value, largest.value);
    const double scaling = row.x[i] == row.x[exponentials.at_largest] ? 0 : element.error + largest.error;
    const double subtraction = (d.exact ? 0 : unit_roundoff(arithmetic) * d.magnitude) +
                               (claim.subnormals == Subnormals::flushed ? underflow_unit(claim, arithmetic) : 0);
    return rounded_result(claim, arithmetic, row.format, truth, scaling + subtraction + of_logarithm, row.cols);
  };
  if (row.operation == Operation::cross_entropy) return {bound_at(static_cast<std::size_t>(row.target[0]), truths[0])};
  std::vector<double> bounds;
  for (std::size_t i = 0; i < row.cols; ++i) bounds.push_back(bound_at(i, truths[i]));
  return bounds;
}

std::vector<double> backward_bounds(const Claim& claim, const Problem& row, std::span<const Truth> truths,
                                    const Oracle& oracle) {
  const Format arithmetic = arithmetic_of(claim, row.format);
  const std::size_t n = row.cols;
  const double u = unit_roundoff(arithmetic), unit = underflow_unit(claim, arithmetic);
  const bool flushed = claim.subnormals == Subnormals::flushed;
  // Converting an input to the arithmetic: exact, unless that is narrower, or flushes it.
  const auto converting = [&](double z) {
    if (flushed && std::fabs(z) < smallest_normal(arithmetic)) return std::fabs(z);
    return is_representable(arithmetic, z) ? 0 : std::max(u * std::fabs(z), unit);
  };
  // p_k, and how far the class may compute it off: relatively and by `absolute`.
  std::vector<double> p(n), value(n), relative(n, 0.0), of_input(n, 0.0);
  double absolute = 0, unresolved = 0;
  if (row.operation == Operation::softmax_backward_from_output) {
    for (std::size_t k = 0; k < n; ++k) p[k] = std::fabs(value[k] = row.x[k]), of_input[k] = converting(row.x[k]);
  } else {
    const std::vector<Truth> shares =
        softmax_audit::truths(oracle, Problem{Operation::softmax, row.format, 1, n, row.x, row.scale}, default_resolution);
    ShareErrors errors = share_errors(claim, arithmetic, arithmetic, row.x, row.scale, shares);
    relative = std::move(errors.relative);
    for (double& r : relative) r += u * (1 + r);
    absolute = std::ceil(errors.absolute + rounding_underflow(claim, arithmetic, arithmetic)) * (1 + u) *
               smallest_subnormal(arithmetic);
    for (std::size_t k = 0; k < n; ++k) {
      p[k] = magnitude_of(shares[k]);
      value[k] = value_of(shares[k]);
      unresolved += std::ldexp(std::fabs(row.dy[k]), shares[k].ulp_exponent - default_resolution - 1);
    }
  }
  // D = sum_k p_k g_k, and how far the computed one may be from it.
  const double summation = signed_sum_error(claim, arithmetic, n);
  const double of_term = summation + u + summation * u;
  double mean = 0, magnitude = 0, mean_error = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const double g = std::fabs(row.dy[k]);
    mean += value[k] * row.dy[k];
    magnitude += p[k] * g;
    const double of_share = times(p[k], relative[k]) + absolute + of_input[k];
    // (p + of_share)(g + converting)(1 + of_term) - p g, without the cancellation.
    mean_error += (times(of_share, g) + times(p[k] + of_share, converting(row.dy[k]))) * (1 + of_term) + p[k] * g * of_term +
                  (1 + summation) * unit;
  }
  // `mean` is taken in double from shares known to 2^-8 u.
  const double unknown = magnitude * (static_cast<double>(n + 4) * 0x1p-52) + unresolved; // in this order nothing overflows
  std::vector<double> bounds;
  bounds.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Truth& truth = truths[i];
    // Masked, or an output of zero: 0 times a finite number. A share that underflows in double is neither.
    if (!std::isfinite(row.x[i]) || (row.operation == Operation::softmax_backward_from_output && row.x[i] == 0)) {
      bounds.push_back(0);
      continue;
    }
    const double d = std::fabs(row.dy[i] - mean) * (1 + 0x1p-50) + unknown;
    const double of_share = times(p[i], relative[i]) + absolute + of_input[i];
    const double of_difference = converting(row.dy[i]) + mean_error + (flushed ? unit : 0);
    // (p + of_share)(1 + u)(d + of_difference) - p d, without the cancellation.
    const double product =
        times((p[i] + of_share) * (1 + u), of_difference) + times(of_share * (1 + u), d) + p[i] * (u * d); // u p may underflow
    // Half of the smallest double is no double.
    const double rounding = flushed || unit * 0.5 == 0 ? unit : 0.5 * unit;
    // rounded_result adds the rounding of the product and of the storage.
    const double before = product + rounding * (arithmetic == row.format ? 1 : 1 + unit_roundoff(row.format));
    bounds.push_back(std::isfinite(relative[i]) ? rounded_result(claim, arithmetic, row.format, truth, before, n) : infinity);
  }
  return bounds;
}

// 1 / (1 + exp(-t)) by the exponential of -|t|, whichever side it stands on.
double sigmoid_bound(const Claim& claim, Format format, double x, double scale, const Truth& truth) {
  const Format arithmetic = arithmetic_of(claim, format);
  const double t = scale * x;
  if (!std::isfinite(x) || !std::isfinite(t)) return 0;
  const Scaled s = scaled(claim, arithmetic, scale, x);
  // One addition, and the reciprocal if there is one; the last rounding is counted below.
  const double roundings = (claim.division == Division::reciprocal ? 2 : 1) * -std::log1p(-unit_roundoff(arithmetic));
  double moved = 0; // |log(computed share / exact share)| by the exponential
  if (std::fabs(s.value) * (1 - 4 * unit_roundoff(arithmetic)) - s.error <= underflow_distance(claim, arithmetic)) {
    double h = s.error;
    if (s.value != 0 || !claim.exponential_of_zero_is_one) h += exponential_error(claim, arithmetic);
    if (claim.form != ExponentialForm::natural)
      h += 2.01 * unit_roundoff(arithmetic) * std::fabs(s.value) + underflow_unit(claim, arithmetic);
    const double other = t > 0 ? std::exp(-t) * (1 + 0x1p-40) : 1; // of the two shares
    moved = h * std::min(1.0, other * std::exp(h));
  }
  const double relative = std::expm1(moved + roundings);
  const double absolute = exponential_underflow(claim, arithmetic, format, 1, 1) +
                          (claim.division == Division::reciprocal ? rounding_underflow(claim, arithmetic, format) : 0);
  return rounded_share(claim, arithmetic, truth, format, relative < 1 ? relative : infinity, absolute, 1);
}

} // namespace

SoftmaxBounds softmax_bounds(const Claim& claim, Format format, std::span<const double> x, double scale,
                             std::span<const Truth> truths) {
  const Format arithmetic = arithmetic_of(claim, format);
  const std::size_t n = x.size();
  const double elements = static_cast<double>(n);
  ShareErrors errors = share_errors(claim, arithmetic, format, x, scale, truths);
  const auto& [relative_errors, absolute, exponentials, sum, quotient] = errors;
  SoftmaxBounds bounds{};
  bounds.ulp.reserve(n);
  double sum_of_bounds = 0;
  for (std::size_t i = 0; i < n; ++i) {
    bounds.ulp.push_back(
        std::isfinite(x[i]) ? rounded_share(claim, arithmetic, truths[i], format, relative_errors[i], absolute, n) : 0);
    sum_of_bounds += std::isinf(bounds.ulp[i]) ? infinity : std::ldexp(bounds.ulp[i], truths[i].ulp_exponent);
  }
  if (claim.rescaling == Rescaling::none) {
    // sum_i e_i / computed sum is free of the exponentials' errors: only summation, division and underflow are left.
    const double relative = std::max(std::expm1(quotient.log_high - sum.log_low), -std::expm1(quotient.log_low - sum.log_high));
    // Whole subnormals where half of one is meant: half of binary64's is not a double, and neither matters beside u.
    const bool flushed = claim.subnormals == Subnormals::flushed;
    const double roundings = underflow_unit(claim, arithmetic) * (claim.division == Division::reciprocal ? 2 : 1) +
                             (arithmetic != format ? (flushed ? 1 : 0.5) * underflow_unit(claim, format) : 0);
    sum_of_bounds = relative + elements * roundings;
  }
  bounds.sum = rounded_up(sum_of_bounds, n) / unit_roundoff(format);
  bounds.h = std::move(errors.exponentials.h);
  bounds.quotient = quotient.log_high - quotient.log_low;
  bounds.absolute = absolute * (1 + 2 * unit_roundoff(arithmetic)) + rounding_underflow(claim, arithmetic, format) * 1.01 +
                    (arithmetic == format ? 0 : rounding_underflow(claim, format, format));
  return bounds;
}

std::vector<double> error_bounds(const Claim& claim, const Problem& row, std::span<const Truth> truths, const Oracle& oracle) {
  switch (row.operation) {
    case Operation::softmax: return softmax_bounds(claim, row.format, row.x, row.scale, truths).ulp;
    case Operation::log_softmax:
    case Operation::log_sum_exp:
    case Operation::cross_entropy: return log_bounds(claim, row, truths, oracle);
    case Operation::softmax_backward:
    case Operation::softmax_backward_from_output: return backward_bounds(claim, row, truths, oracle);
    case Operation::sigmoid: break;
  }
  std::vector<double> bounds;
  for (std::size_t i = 0; i < row.cols; ++i) bounds.push_back(sigmoid_bound(claim, row.format, row.x[i], row.scale, truths[i]));
  return bounds;
}

namespace {

// One of the two is infinite. An infinity that is the exact result has to be met. Otherwise infinity is what numbers from the overflow threshold
// on round to, and the error is the distance of the other one from that threshold: the least that it can be.
UlpError error_at_infinity(double y, const Truth& truth, Format format) {
  if (y == truth.nearest) return {0, 0};
  const double far = std::numeric_limits<double>::max();
  if ((truth.exact && std::isinf(truth.nearest)) || (std::isinf(y) && std::isinf(truth.nearest)))
    return {std::copysign(far, y - truth.nearest), 0};
  const double finite = std::isinf(y) ? truth.nearest : y;
  const double infinite = std::isinf(y) ? y : truth.nearest;
  // In ulp of the last binade, the threshold is half an ulp above the largest finite number.
  const double to_largest =
      std::ldexp(std::fabs(std::copysign(largest_finite(format), infinite) / 2 - finite / 2), 1 - truth.ulp_exponent);
  const double size = std::isfinite(to_largest) ? to_largest + 0.5 : far;
  return {std::isinf(y) == (infinite > 0) ? size : -size, 0};
}

} // namespace

double inversion_bound(const Claim& claim, Format format, std::span<const double> x, double scale,
                       std::span<const Truth> truths, const SoftmaxBounds& bounds, std::size_t i, std::size_t j) {
  if (!std::isfinite(x[j])) return 0; // an exact zero is never above anything
  if (x[i] == x[j] && claim.bitwise.has(Contract::ties)) return 0;
  if (!std::isfinite(bounds.ulp[i])) return infinity;
  const Truth& truth = truths[i];
  const double lambda_in_ulp = std::ldexp(1.0, smallest_subnormal_exponent(format) - truth.ulp_exponent);
  const double largest_y_in_ulp = std::ldexp(magnitude_of(truth), -truth.ulp_exponent) + lambda_in_ulp + bounds.ulp[i];
  const double distance = std::fabs(scale) * std::fabs(x[i] - x[j]) * (1 - 0x1p-50);
  const double growth = std::max(0.0, std::expm1(bounds.h[i] + bounds.h[j] + bounds.quotient - distance));
  return rounded_up(times(largest_y_in_ulp, growth) + 2 * bounds.absolute * lambda_in_ulp, x.size());
}

bool covers(const Claim& claim, const Problem& row) {
  const Format arithmetic = arithmetic_of(claim, row.format);
  const Format accumulator = claim.accumulator.value_or(arithmetic);
  const double largest_number = largest_finite(arithmetic);
  if (static_cast<double>(row.cols) * 1.25 > largest_finite(accumulator)) return false;
  if (!std::isfinite(round_to(arithmetic, row.scale))) return !std::isfinite(row.scale);
  if (takes_upstream_gradient(row.operation)) {
    // Products, their sum, g - D and the last product, with room for their roundings.
    double largest = 0, products = 0, largest_share = 1;
    for (std::size_t k = 0; k < row.cols; ++k) {
      const double share = row.operation == Operation::softmax_backward ? 1 : std::fabs(row.x[k]);
      largest = std::max(largest, std::fabs(row.dy[k]));
      products += share * std::fabs(row.dy[k]);
      largest_share = std::max(largest_share, share);
    }
    const double mean = row.operation == Operation::softmax_backward ? largest : products;
    if (!(1.25 * (largest + mean) * largest_share <= largest_number)) return false;
    if (row.operation == Operation::softmax_backward_from_output) return true;
  }
  double largest = 0, highest = -infinity, lowest = infinity;
  for (const double value : row.x) {
    if (!std::isfinite(value)) continue;
    if (!std::isfinite(round_to(arithmetic, value))) return false;
    const double t = scaled(claim, arithmetic, row.scale, value).value;
    if (!std::isfinite(t)) return false;
    largest = std::max(largest, std::fabs(t));
    highest = std::max(highest, t), lowest = std::min(lowest, t);
  }
  // A difference that overflows in an arithmetic narrower than the storage, where the logarithm does not.
  if ((row.operation == Operation::log_softmax || row.operation == Operation::cross_entropy) && arithmetic != row.format &&
      highest > lowest && !std::isfinite(round_to(arithmetic, highest - lowest)))
    return false;
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
  if (claim.logarithm_ulp != 1) text += fmt::format(", log within {} ulp", claim.logarithm_ulp);
  if (claim.subnormals == Subnormals::flushed) text += ", flushed below the normal range";
  if (assumed) text += " (assumed: nothing was declared)";
  return text;
}

UlpError ulp_error(double y, const Truth& truth, Format format, int resolution) {
  if (std::isinf(truth.nearest) || std::isinf(y)) return error_at_infinity(y, truth, format);
  const double value = std::ldexp(y - truth.nearest, -truth.ulp_exponent) - truth.tail;
  if (!std::isfinite(value)) return {std::copysign(std::numeric_limits<double>::max(), value), 0}; // beyond counting
  // y - nearest and the subtraction of the tail each round once, by 2^-53 of what they give.
  const bool certain = truth.exact && truth.tail == 0;
  return {value, (certain ? 0 : std::ldexp(1.0, -resolution - 1)) + std::fabs(value) * 0x1p-51};
}

} // namespace softmax_audit
