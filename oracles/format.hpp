// The four judged formats, as values.
//
// Every finite value of binary16, bfloat16, binary32 and binary64 is a double, so the whole program carries values of any
// judged format as double and says beside them which format they belong to; conversions happen once, at the subject's door.
//
//   format    precision p   smallest normal   smallest subnormal (lambda)   largest finite       unit roundoff u
//   binary16      11            2^-14                 2^-24                 (2 - 2^-10) 2^15          2^-11
//   bfloat16       8            2^-126                2^-133                (2 - 2^-7) 2^127          2^-8
//   binary32      24            2^-126                2^-149                (2 - 2^-23) 2^127         2^-24
//   binary64      53            2^-1022               2^-1074               (2 - 2^-52) 2^1023        2^-53
//
// Rounding is to nearest, ties to even, everywhere, and happens once: binary16 and bfloat16 are reached from a double
// directly and never through a float, which would round twice.
// Source: IEEE 754-2019, 3.4 and 4.3.1; bfloat16 is binary32 with the lower 16 bits of the encoding dropped.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#ifdef __FAST_MATH__
#error "softmax-audit judges the last bit: it cannot be compiled with -ffast-math or -Ofast"
#endif

namespace softmax_audit {

// In the order in which the worker protocol numbers them.
enum class Format : std::uint32_t { f16, bf16, f32, f64 };

inline constexpr std::array formats{Format::f16, Format::bf16, Format::f32, Format::f64};

struct FormatTraits {
  std::string_view name;
  int precision;         // bits of the significand, the leading one included
  int smallest_exponent; // of a normal number in [2^e, 2^(e+1))
  int largest_exponent;
  int storage_bits;
};

inline constexpr std::array<FormatTraits, 4> format_traits{{
    {"f16", 11, -14, 15, 16},
    {"bf16", 8, -126, 127, 16},
    {"f32", 24, -126, 127, 32},
    {"f64", 53, -1022, 1023, 64},
}};

constexpr const FormatTraits& traits(Format format) { return format_traits[static_cast<std::size_t>(format)]; }
constexpr std::string_view name(Format format) { return traits(format).name; }
inline std::optional<Format> format_named(std::string_view name) {
  for (const Format format : formats)
    if (traits(format).name == name) return format;
  return std::nullopt;
}

// 2^exponent for every exponent that a double has, -1074 to 1023. What std::ldexp(1, exponent) gives, without a call.
constexpr double power_of_two(int exponent) {
  return exponent >= -1022 ? std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52)
                           : std::bit_cast<double>(std::uint64_t{1} << (exponent + 1074));
}
// The exponent of a normal number; of a smaller one, -1023.
constexpr int exponent_of_normal(double x) { return static_cast<int>(std::bit_cast<std::uint64_t>(x) >> 52 & 0x7FF) - 1023; }

constexpr double unit_roundoff(Format format) { return power_of_two(-traits(format).precision); }
constexpr double smallest_normal(Format format) { return power_of_two(traits(format).smallest_exponent); }
constexpr int smallest_subnormal_exponent(Format format) {
  return traits(format).smallest_exponent - traits(format).precision + 1;
}
constexpr double smallest_subnormal(Format format) { return power_of_two(smallest_subnormal_exponent(format)); }
constexpr double largest_finite(Format format) {
  return (2.0 - power_of_two(1 - traits(format).precision)) * power_of_two(traits(format).largest_exponent);
}

// The value of the format nearest to x, ties to even; overflow gives an infinity. NaN stays NaN.
inline double round_to(Format format, double x) {
  if (format == Format::f64 || !std::isfinite(x) || x == 0) return x;
  if (format == Format::f32) return static_cast<double>(static_cast<float>(x));
  const FormatTraits& t = traits(format);
  const int exponent = std::max(exponent_of_normal(x), t.smallest_exponent);
  // x / spacing is exact (a power of two, and x is far above the smallest double) and below 2^precision. Doubles around 1.5 2^52
  // are one apart, so adding that is the only rounding. It may reach the next binade, whose first value is representable; above
  // the largest exponent that means overflow.
  const int spacing = exponent - t.precision + 1;
  const double rounded = ((x * power_of_two(-spacing) + 0x1.8p52) - 0x1.8p52) * power_of_two(spacing);
  if (std::fabs(rounded) > largest_finite(format)) return std::copysign(std::numeric_limits<double>::infinity(), x);
  return rounded;
}
inline bool is_representable(Format format, double x) { return std::isnan(x) || round_to(format, x) == x; }

// The format's own encoding, in the low storage_bits. `bits_of` requires a representable x; every NaN becomes the quiet one.
inline std::uint64_t bits_of(Format format, double x) {
  if (format == Format::f64) return std::bit_cast<std::uint64_t>(x);
  if (format == Format::f32) return std::bit_cast<std::uint32_t>(static_cast<float>(x));
  const FormatTraits& t = traits(format);
  const int fraction_bits = t.precision - 1;
  const int exponent_field_of_infinity = 2 * t.largest_exponent + 1;
  const std::uint64_t sign = std::uint64_t{std::signbit(x)} << (t.storage_bits - 1);
  const double magnitude = std::fabs(x);
  if (std::isnan(x)) return (std::uint64_t(exponent_field_of_infinity) << fraction_bits) | (1u << (fraction_bits - 1));
  if (std::isinf(x)) return sign | std::uint64_t(exponent_field_of_infinity) << fraction_bits;
  if (magnitude < smallest_normal(format))
    return sign | static_cast<std::uint64_t>(magnitude * power_of_two(-smallest_subnormal_exponent(format)));
  const int exponent = exponent_of_normal(magnitude);
  const auto significand = static_cast<std::uint64_t>(magnitude * power_of_two(fraction_bits - exponent));
  // The significand carries its leading one, which adds 1 to the exponent field: hence the field is one short here.
  return sign | ((std::uint64_t(exponent - t.smallest_exponent) << fraction_bits) + significand);
}
inline double value_of_bits(Format format, std::uint64_t bits) {
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
    magnitude = static_cast<double>(fraction) * power_of_two(smallest_subnormal_exponent(format));
  else
    magnitude = static_cast<double>(fraction | (1u << fraction_bits)) *
                power_of_two(exponent_field - 1 + smallest_subnormal_exponent(format));
  return negative ? -magnitude : magnitude;
}

// Integers in the order of the values: consecutive numbers are consecutive floats, both zeros are 0, and the infinities
// come after the largest finite value. Shrinking and "k ulp apart" are arithmetic on these. x must not be NaN.
inline std::int64_t order_of(Format format, double x) {
  const std::uint64_t sign_bit = std::uint64_t{1} << (traits(format).storage_bits - 1);
  const std::uint64_t bits = bits_of(format, x);
  const auto magnitude = static_cast<std::int64_t>(bits & (sign_bit - 1));
  return bits & sign_bit ? -magnitude : magnitude;
}
inline double value_of_order(Format format, std::int64_t order) {
  const std::uint64_t sign_bit = std::uint64_t{1} << (traits(format).storage_bits - 1);
  return order < 0 ? value_of_bits(format, static_cast<std::uint64_t>(-order) | sign_bit)
                   : value_of_bits(format, static_cast<std::uint64_t>(order));
}

// Storage for the formats that C++20 has no type for.
struct binary16 {
  std::uint16_t bits;
};
struct bfloat16 {
  std::uint16_t bits;
};

template <class T> inline constexpr Format format_of = Format::f64;
template <> inline constexpr Format format_of<binary16> = Format::f16;
template <> inline constexpr Format format_of<bfloat16> = Format::bf16;
template <> inline constexpr Format format_of<float> = Format::f32;

template <class T> T to_storage(double x) {
  if constexpr (std::numeric_limits<T>::is_iec559) {
    return static_cast<T>(x);
  } else {
    return T{static_cast<std::uint16_t>(bits_of(format_of<T>, round_to(format_of<T>, x)))};
  }
}
template <class T> double from_storage(T x) {
  if constexpr (std::numeric_limits<T>::is_iec559) {
    return static_cast<double>(x);
  } else {
    return value_of_bits(format_of<T>, x.bits);
  }
}

} // namespace softmax_audit
