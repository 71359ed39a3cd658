// Rounding of a rational number, or of a number that lies beside one by less than anything representable: in integers, ties
// decided exactly. Part of the mpfr oracle; arb has its own.
#pragma once

#include "oracles/oracle.hpp"
#include "oracles/special_values.hpp"

#include <boost/multiprecision/gmp.hpp>

namespace softmax_audit {

// numerator / denominator * 2^exponent, denominator > 0. side = -1 or 1: below or above it by an infinitesimal; 0: itself.
struct BesideRational {
  boost::multiprecision::mpz_int numerator = 0;
  boost::multiprecision::mpz_int denominator = 1;
  long exponent = 0;
  int side = 0;
};

// significand * 2^exponent.
struct Dyadic {
  boost::multiprecision::mpz_int significand = 0;
  long exponent = 0;
};
inline Dyadic dyadic(double finite) {
  if (finite == 0) return {};
  int exponent = 0;
  const double fraction = std::frexp(finite, &exponent);
  return {boost::multiprecision::mpz_int(static_cast<long>(std::ldexp(fraction, 53))), exponent - 53};
}
inline Dyadic operator*(const Dyadic& a, const Dyadic& b) { return {a.significand * b.significand, a.exponent + b.exponent}; }
inline Dyadic operator+(const Dyadic& a, const Dyadic& b) {
  if (a.significand == 0) return b;
  if (b.significand == 0) return a;
  if (a.exponent < b.exponent) return b + a;
  return {(a.significand << static_cast<unsigned long>(a.exponent - b.exponent)) + b.significand, b.exponent};
}
inline Dyadic operator-(const Dyadic& a) { return {-a.significand, a.exponent}; }
inline Dyadic operator-(const Dyadic& a, const Dyadic& b) { return a + -b; }
inline Dyadic operator*(const Dyadic& a, std::size_t count) { return {a.significand * count, a.exponent}; }
inline bool operator==(const Dyadic& a, const Dyadic& b) { return (a - b).significand == 0; }

namespace rational_rounding_detail {

using Integer = boost::multiprecision::mpz_int;

// numerator / denominator, to nearest; what lies in the middle goes to the side of `side`, and to even without one.
inline Integer nearest_quotient(const Integer& numerator, const Integer& denominator, int side) {
  Integer whole = numerator / denominator, rest = numerator % denominator;
  if (rest < 0) { // floor
    rest += denominator;
    --whole;
  }
  const Integer twice = 2 * rest;
  if (twice > denominator || (twice == denominator && (side > 0 || (side == 0 && (whole & 1) != 0)))) ++whole;
  return whole;
}

inline Integer shifted(const Integer& value, long by) {
  return by > 0 ? Integer(value << static_cast<unsigned long>(by)) : value;
}

} // namespace rational_rounding_detail

inline Truth rounded(Format format, const BesideRational& value, int resolution) {
  namespace detail = rational_rounding_detail;
  using detail::Integer;
  if (value.numerator == 0) return {0, 0, smallest_subnormal_exponent(format), value.side == 0};
  const int sign = value.numerator < 0 ? -1 : 1;
  const int outward = value.side * sign; // 1: away from zero
  const Integer magnitude = abs(value.numerator);
  // 2^binade <= magnitude / denominator < 2^(binade + 1), and one less just below a power of two.
  long binade = static_cast<long>(msb(magnitude)) - static_cast<long>(msb(value.denominator));
  const auto compared = [&](long power) {
    return detail::shifted(magnitude, -power).compare(detail::shifted(value.denominator, power));
  };
  if (compared(binade) < 0) --binade;
  if (compared(binade) == 0 && outward < 0) --binade;
  const int q = ulp_exponent_in_binade(format, binade + value.exponent);
  const Integer in_ulp = detail::shifted(magnitude, value.exponent - q);
  const Integer denominator = detail::shifted(value.denominator, q - value.exponent);
  const Integer whole = detail::nearest_quotient(in_ulp, denominator, outward);
  const double nearest = msb(whole | 1) > 60 ? std::numeric_limits<double>::infinity()
                                             : std::ldexp(static_cast<double>(whole.convert_to<long>()), q);
  if (nearest > largest_finite(format)) return {sign * std::numeric_limits<double>::infinity(), 0, q, false};
  const Integer residual = in_ulp - whole * denominator;
  const Integer tail = detail::nearest_quotient(residual << static_cast<unsigned long>(resolution), denominator, outward);
  return {sign * nearest + 0.0, sign * std::ldexp(static_cast<double>(tail.convert_to<long>()), -resolution) + 0.0, q,
          residual == 0 && value.side == 0};
}

// value + side * 2^exponent: the far end of what lies beside it by at most that much.
inline BesideRational moved(const BesideRational& value, long exponent) {
  const Dyadic sum = Dyadic{value.numerator, value.exponent} + Dyadic{value.denominator * value.side, exponent};
  return {sum.significand, value.denominator, sum.exponent, -value.side};
}

} // namespace softmax_audit
