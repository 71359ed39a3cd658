// Rows that are shifts of each other, exactly.
#pragma once

#include "properties/laws/row_facts.hpp"

namespace softmax_audit {

inline std::vector<double> shifted_row(const Case& c) {
  std::vector<double> x = c.x;
  for (double& value : x) value += c.shift;
  return x;
}

// sum - shift == x and sum - x == shift: the addition in double was exact, too.
inline bool shifts_exactly(Format format, double value, double shift) {
  const double sum = value + shift;
  return !std::isfinite(value) ||
         (std::isfinite(sum) && is_representable(format, sum) && sum - shift == value && sum - value == shift);
}

// A shift that leaves every logit exact: a power of two, tried from large to small, and of both signs.
inline void arrange_shift(Case& c, Random& random, std::size_t) {
  const auto admitted = [&c](double shift) {
    return is_representable(c.format, shift) &&
           std::all_of(c.x.begin(), c.x.end(), [&](double value) { return shifts_exactly(c.format, value, shift); });
  };
  const int start = static_cast<int>(random.between(-6, 12));
  // Logits of the size of the smallest numbers, and a shift as small: differences keep what the logits themselves would lose.
  if (random.one_in(16)) {
    const int least = smallest_subnormal_exponent(c.format);
    const int unit = static_cast<int>(random.between(least, -8));
    for (double& value : c.x)
      if (std::isfinite(value)) value = std::ldexp(static_cast<double>(random.between(-3, 3)), unit);
    c.shift = std::ldexp(random.one_in(2) ? -1.0 : 1.0, unit + static_cast<int>(random.below(2)));
    if (admitted(c.shift)) return;
  }
  const double sign = random.one_in(2) ? -1 : 1;
  // Half of the rows go to a grid that leaves room for a large shift: there the logits keep few bits beside it.
  if (random.one_in(2)) {
    const int precision = traits(c.format).precision;
    // Most often where logits are, now and then anywhere up to the largest number.
    const int largest = traits(c.format).largest_exponent - 1;
    const int top = static_cast<int>(random.between(3, random.one_in(4) ? largest : std::min(30, largest)));
    const double grid = std::ldexp(1.0, top - precision + 2);
    for (double& value : c.x)
      if (std::isfinite(value))
        value =
            grid * std::nearbyint(std::clamp(value / grid, -std::ldexp(1.0, precision - 3), std::ldexp(1.0, precision - 3)));
    c.shift = sign * std::ldexp(1.0, top);
    if (admitted(c.shift)) return;
  }
  for (int exponent = start; exponent >= start - 30; --exponent) {
    c.shift = sign * std::ldexp(static_cast<double>(random.between(1, 3)), exponent);
    if (admitted(c.shift)) return;
  }
  // Nothing fits: round the logits to a grid on which the shift is exact.
  c.shift = sign * std::ldexp(1.0, std::max(0, start));
  for (double& value : c.x)
    if (std::isfinite(value)) value = std::clamp(std::nearbyint(value * 4) / 4, -32.0, 32.0);
}

inline bool admits_shift(const Case& c) {
  if (!is_ordinary(c) || c.shift == 0 || !is_representable(c.format, c.shift)) return false;
  if (!std::all_of(c.x.begin(), c.x.end(), [&c](double value) { return shifts_exactly(c.format, value, c.shift); }))
    return false;
  Case moved = c;
  moved.x = shifted_row(c);
  return is_ordinary(moved);
}

} // namespace softmax_audit
