// Double-double arithmetic on single numbers, for what a row has once. For files that Highway compiles once per target (with
// fused multiply-add, so that std::fma is one instruction).
//
// Algorithms and bounds, u = 2^-53: Joldes, Muller, Popescu, "Tight and rigorous error bounds for basic building blocks of
// double-word arithmetic", ACM TOMS 44 (2017): sum of two (AccurateDWPlusDW) 3 u^2 / (1 - 4 u), product (DWTimesDW3) 5 u^2,
// all relative. double_double_unit bounds each of them.
#if defined(SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_DOUBLE_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_DOUBLE_HPP
#undef SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_DOUBLE_HPP
#else
#define SOFTMAX_AUDIT_ORACLES_FAST_DOUBLE_DOUBLE_HPP
#endif

#include "oracles/fast/exponential.hpp"

#include <hwy/highway.h>

#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

constexpr double double_double_unit = 0x1p-103;

struct DoubleDouble {
  double high = 0;
  double low = 0;
};

HWY_INLINE DoubleDouble fast_two_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}
HWY_INLINE DoubleDouble two_sum(double a, double b) {
  const double sum = a + b, b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}
HWY_INLINE DoubleDouble two_product(double a, double b) {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}
HWY_INLINE DoubleDouble operator-(DoubleDouble a) { return {-a.high, -a.low}; }
HWY_INLINE DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble high = two_sum(a.high, b.high), low = two_sum(a.low, b.low);
  const DoubleDouble sum = fast_two_sum(high.high, high.low + low.high);
  return fast_two_sum(sum.high, low.low + sum.low);
}
HWY_INLINE DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble product = two_product(a.high, b.high);
  const double cross = std::fma(a.low, b.high, std::fma(a.high, b.low, a.low * b.low));
  return fast_two_sum(product.high, product.low + cross);
}

// 1/a, relative error at most 2 double_double_unit: one Newton step from r = 1 - a y, |r| <= 2 u: y (1 + r + r^2) leaves r^3.
HWY_INLINE DoubleDouble reciprocal(DoubleDouble a) {
  const double y = 1 / a.high;
  const double r = std::fma(-a.high, y, 1.0); // exact
  const double r_low = -a.low * y;
  const double correction = r + r_low;
  return fast_two_sum(y, y * (correction + correction * correction));
}

// log(1 + r) for 0 <= r <= 2^25, with a bound of the absolute error; infinite where the libm is not to be trusted.
struct Logarithm {
  DoubleDouble value;
  double error = 0;
};
HWY_INLINE Logarithm logarithm_of_one_plus(DoubleDouble r) {
  if (r.high == 0) return {};
  if (r.high <= 0x1p-10) {
    // 2 atanh(w), w = r / (2 + r) < 2^-11: w (1 + w^2/3 + ... + w^10/11) leaves w^12 / 13 < 2^-135, relative.
    const DoubleDouble w = r * reciprocal(DoubleDouble{2, 0} + r);
    const DoubleDouble w2 = w * w;
    DoubleDouble series = reciprocal({11, 0});
    for (const double odd : {9.0, 7.0, 5.0, 3.0, 1.0}) series = series * w2 + reciprocal({odd, 0});
    const DoubleDouble value = DoubleDouble{2 * w.high, 2 * w.low} * series;
    // Roundings: 4 units in w, 1 in the last product, and what reaches the series' leading 1 is one sum and 2^-21 of the rest.
    return {value, value.high * 16 * double_double_unit};
  }
  // y + log(s e^-y), where s e^-y = 1 + delta and |delta| is checked: the starting value needs no trust.
  const DoubleDouble s = DoubleDouble{1, 0} + r;
  const double y = std::log(s.high);
  const hn::CappedTag<double, 1> d;
  hn::Vec<decltype(d)> high, low, exponent;
  exponential(d, hn::Set(d, -y), hn::Zero(d), high, low, exponent);
  const int scale = static_cast<int>(hn::GetLane(exponent));
  const DoubleDouble inverse{std::ldexp(hn::GetLane(high), scale), std::ldexp(hn::GetLane(low), scale)};
  const DoubleDouble product = s * inverse;
  const double delta = (product.high - 1) + product.low; // the difference is exact
  if (!(std::fabs(delta) < 0x1p-47)) return {{y, 0}, std::numeric_limits<double>::infinity()};
  // delta - delta^2/2 leaves delta^3 < 2^-135. Roundings: of 1 + r and the product 2 units, of the exponential its own, of
  // delta 2^-53 2^-47 twice.
  const DoubleDouble value = two_sum(y, delta - 0.5 * delta * delta);
  return {value, 1.01 * exponential_double_double_error + 4 * double_double_unit + 0x1p-99};
}

} // namespace
} // namespace HWY_NAMESPACE
} // namespace softmax_audit
HWY_AFTER_NAMESPACE();

#endif
