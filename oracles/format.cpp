#include "oracles/format.hpp"

#include <bit>

namespace softmax_audit {

std::optional<Format> format_named(std::string_view name) {
  for (const Format format : formats)
    if (traits(format).name == name) return format;
  return std::nullopt;
}

double round_to(Format format, double x) {
  if (format == Format::f64 || !std::isfinite(x) || x == 0) return x;
  if (format == Format::f32) return static_cast<double>(static_cast<float>(x));
  const FormatTraits& t = traits(format);
  const int exponent = std::max(std::ilogb(x), t.smallest_exponent);
  // x / spacing is exact (a power of two, and x is far above the smallest double), so nearbyint is the only rounding. It may
  // reach the next binade, whose first value is representable; above the largest exponent that means overflow.
  const int spacing = exponent - t.precision + 1;
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(x, -spacing)), spacing);
  if (std::fabs(rounded) > largest_finite(format)) return std::copysign(std::numeric_limits<double>::infinity(), x);
  return rounded;
}

std::uint64_t bits_of(Format format, double x) {
  if (format == Format::f64) return std::bit_cast<std::uint64_t>(x);
  if (format == Format::f32) return std::bit_cast<std::uint32_t>(static_cast<float>(x));
  const FormatTraits& t = traits(format);
  const int fraction_bits = t.precision - 1;
  const int exponent_field_of_infinity = 2 * t.largest_exponent + 1;
  const std::uint64_t sign = std::uint64_t{std::signbit(x)} << (t.storage_bits - 1);
  const double magnitude = std::fabs(x);
  if (std::isnan(x))
    return (std::uint64_t(exponent_field_of_infinity) << fraction_bits) | (1u << (fraction_bits - 1));
  if (std::isinf(x)) return sign | std::uint64_t(exponent_field_of_infinity) << fraction_bits;
  if (magnitude < smallest_normal(format))
    return sign | static_cast<std::uint64_t>(std::ldexp(magnitude, -smallest_subnormal_exponent(format)));
  const int exponent = std::ilogb(magnitude);
  const auto significand = static_cast<std::uint64_t>(std::ldexp(magnitude, fraction_bits - exponent));
  // The significand carries its leading one, which adds 1 to the exponent field: hence the field is one short here.
  return sign | ((std::uint64_t(exponent - t.smallest_exponent) << fraction_bits) + significand);
}

double value_of_bits(Format format, std::uint64_t bits) {
  if (format == Format::f64) return std::bit_cast<double>(bits);
  if (format == Format::f32) return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  const FormatTraits& t = traits(format);
  const int fraction_bits = t.precision - 1;
  const std::uint64_t fraction = bits & ((1u << fraction_bits) - 1);
  const int exponent_field = static_cast<int>((bits >> fraction_bits) & ((1u << (t.storage_bits - t.precision)) - 1));
  const bool negative = (bits >> (t.storage_bits - 1)) & 1;
  double magnitude = 0;
  if (exponent_field == 2 * t.largest_exponent + 1)
    magnitude = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  else if (exponent_field == 0)
    magnitude = std::ldexp(static_cast<double>(fraction), smallest_subnormal_exponent(format));
  else
    magnitude = std::ldexp(static_cast<double>(fraction | (1u << fraction_bits)),
                           exponent_field - 1 + smallest_subnormal_exponent(format));
  return negative ? -magnitude : magnitude;
}

std::int64_t order_of(Format format, double x) {
  const std::uint64_t sign_bit = std::uint64_t{1} << (traits(format).storage_bits - 1);
  const std::uint64_t bits = bits_of(format, x);
  const auto magnitude = static_cast<std::int64_t>(bits & (sign_bit - 1));
  return bits & sign_bit ? -magnitude : magnitude;
}

double value_of_order(Format format, std::int64_t order) {
  const std::uint64_t sign_bit = std::uint64_t{1} << (traits(format).storage_bits - 1);
  return order < 0 ? value_of_bits(format, static_cast<std::uint64_t>(-order) | sign_bit)
                   : value_of_bits(format, static_cast<std::uint64_t>(order));
}

} // namespace softmax_audit
