#include "oracles/format.hpp"
#include "oracles/ulp.hpp"
#include "scripts/catch.hpp"

#include <bit>
#include <cstring>
#include <vector>

using namespace softmax_audit;

namespace {

constexpr Format small_formats[] = {Format::f16, Format::bf16};

// The value of an encoding, from the definition and nothing else: sign, exponent field, fraction.
double by_definition(Format format, unsigned bits) {
  const int fraction_bits = traits(format).precision - 1;
  const int exponent_bits = 15 - fraction_bits;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int field = static_cast<int>(bits >> fraction_bits) & ((1 << exponent_bits) - 1);
  const double fraction = static_cast<double>(bits & ((1u << fraction_bits) - 1)) / (1u << fraction_bits);
  const double sign = bits & 0x8000 ? -1 : 1;
  if (field == (1 << exponent_bits) - 1)
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  if (field == 0) return sign * fraction * std::pow(2.0, 1 - bias);
  return sign * (1 + fraction) * std::pow(2.0, field - bias);
}

} // namespace

TEST_CASE("format / all 65,536 encodings of the small formats have the value of their definition and come back") {
  for (const Format format : small_formats) {
    unsigned wrong_value = 0, wrong_bits = 0, numbers = 0;
    for (unsigned bits = 0; bits < 65536; ++bits) {
      const double want = by_definition(format, bits), value = value_of_bits(format, bits);
      if (std::isnan(want)) {
        wrong_value += !std::isnan(value);
        continue;
      }
      ++numbers;
      wrong_value += value != want || std::signbit(value) != std::signbit(want);
      wrong_bits += bits_of(format, value) != bits;
    }
    REQUIRE(wrong_value == 0);
    REQUIRE(wrong_bits == 0);
    REQUIRE(numbers == (format == Format::f16 ? 63490u : 65282u));
  }
}

TEST_CASE("format / rounding goes to the nearest value, ties to even, on both sides of every midpoint of the small formats") {
  for (const Format format : small_formats) {
    const std::int64_t last = order_of(format, largest_finite(format));
    unsigned wrong = 0;
    for (std::int64_t order = -last; order < last; ++order) {
      const double low = value_of_order(format, order), high = value_of_order(format, order + 1);
      const double middle = low + (high - low) / 2; // exact: one bit more
      const double even = bits_of(format, low) % 2 == 0 ? low : high;
      wrong += round_to(format, low) != low || round_to(format, middle) != even;
      wrong += round_to(format, std::nextafter(middle, -HUGE_VAL)) != low ||
               round_to(format, std::nextafter(middle, HUGE_VAL)) != high;
    }
    REQUIRE(wrong == 0);
  }
}

TEST_CASE("format / overflow begins half an ulp above the largest finite value") {
  for (const Format format : {Format::f16, Format::bf16, Format::f32}) {
    const double largest = largest_finite(format);
    const double threshold = largest + ulp(format, largest) / 2;
    REQUIRE(round_to(format, std::nextafter(threshold, 0)) == largest);
    REQUIRE(std::isinf(round_to(format, threshold)));
    REQUIRE(round_to(format, -threshold) == -std::numeric_limits<double>::infinity());
  }
}

TEST_CASE("format / rounding to a small format happens once, not by way of float") {
  // Just above a midpoint of binary16 by less than float can hold: through float it would be a tie and go to even, downwards.
  const double x = 1 + 0x1p-11 + 0x1p-40;
  REQUIRE(round_to(Format::f16, x) == 1 + 0x1p-10);
  REQUIRE(round_to(Format::f16, static_cast<double>(static_cast<float>(x))) == 1);
}

TEST_CASE("format / order counts floats and is symmetric around zero") {
  for (const Format format : formats) {
    REQUIRE(order_of(format, 0.0) == 0);
    REQUIRE(order_of(format, -0.0) == 0);
    REQUIRE(order_of(format, smallest_subnormal(format)) == 1);
    REQUIRE(order_of(format, -smallest_subnormal(format)) == -1);
    REQUIRE(value_of_order(format, order_of(format, 1) + 1) == 1 + 2 * unit_roundoff(format));
    REQUIRE(std::isinf(value_of_order(format, order_of(format, largest_finite(format)) + 1)));
  }
}

TEST_CASE("format / storage keeps every value and every kind") {
  REQUIRE(to_storage<binary16>(1.0).bits == 0x3c00);
  REQUIRE(to_storage<bfloat16>(1.0).bits == 0x3f80);
  REQUIRE(from_storage(to_storage<float>(0x1.fffffep-1)) == 0x1.fffffep-1);
  REQUIRE(std::isnan(from_storage(to_storage<binary16>(std::numeric_limits<double>::quiet_NaN()))));
  REQUIRE(std::isinf(from_storage(to_storage<bfloat16>(-std::numeric_limits<double>::infinity()))));
}

TEST_CASE("ulp / is the spacing in the binade of the exact value, with the smallest subnormal as floor") {
  REQUIRE(ulp(Format::f32, 1) == 0x1p-23);
  REQUIRE(ulp(Format::f32, std::nextafter(1.0, 0)) == 0x1p-24); // exact values are not values of the format
  REQUIRE(ulp(Format::f32, 0x1p-140) == 0x1p-149);
  REQUIRE(ulp(Format::f32, 0) == 0x1p-149);
  REQUIRE(ulp(Format::f64, 0x1p-1074) == 0x1p-1074);
  REQUIRE(ulp(Format::f16, 0.5) == 0x1p-11);
  REQUIRE(ulp(Format::bf16, 0.75) == 0x1p-8);
}
