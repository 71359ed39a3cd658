// Law      softmax(x + c) = softmax(x): |y_i(x + c) - y_i(x)| <= B1(x)_i + B1(x + c)_i.
// Source   properties/README.md, "Shift". p is the same for both rows, and each run lies within its own B1 of it.
// Basis    theorem. (Bitwise agreement is a contract, met by algorithms that see the logits through differences only.)
// Needs    x_i + c a value of the format for every i, or the rows are not shifts of each other.
#include "properties/inputs/random.hpp"
#include "properties/laws/row_facts.hpp"

#include <numeric>

namespace softmax_audit {
namespace {

// A shift that leaves every logit exact: a power of two, tried from large to small, and of both signs.
void arrange(Case& c, Random& random) {
  const auto admitted = [&c](double shift) {
    return std::all_of(c.x.begin(), c.x.end(), [&](double value) {
      const double sum = value + shift;
      return !std::isfinite(value) || (is_representable(c.format, sum) && sum - shift == value && sum - value == shift);
    });
  };
  const int start = static_cast<int>(random.between(-6, 12));
  const double sign = random.one_in(2) ? -1 : 1;
  for (int exponent = start; exponent >= start - 30; --exponent) {
    c.shift = sign * std::ldexp(static_cast<double>(random.between(1, 3)), exponent);
    if (admitted(c.shift)) return;
  }
  // Nothing fits: round the logits to a grid on which the shift is exact.
  c.shift = sign * std::ldexp(1.0, std::max(0, start));
  for (double& value : c.x)
    if (std::isfinite(value)) value = std::clamp(std::nearbyint(value * 4) / 4, -32.0, 32.0);
}

std::vector<double> shifted_row(const Case& c) {
  std::vector<double> x = c.x;
  for (double& value : x) value += c.shift;
  return x;
}

bool admits(const Case& c) {
  if (!is_ordinary(c) || c.shift == 0 || !is_representable(c.format, c.shift)) return false;
  const std::vector<double> x = shifted_row(c);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(c.x[i])) continue;
    // sum - shift == x and sum - x == shift: the addition in double was exact, too.
    if (!std::isfinite(x[i]) || !is_representable(c.format, x[i]) || x[i] - c.shift != c.x[i] || x[i] - c.x[i] != c.shift)
      return false;
  }
  Case moved = c;
  moved.x = x;
  return is_ordinary(moved);
}

Finding measure(const Subject& subject, const Case& c, Truths& truths, int resolution) {
  std::vector<std::size_t> in_place(c.x.size());
  std::iota(in_place.begin(), in_place.end(), std::size_t{0});
  return compare_runs(subject, c, shifted_row(c), in_place, truths, resolution);
}

} // namespace

namespace laws {
extern constinit const Property ignores_shift{
    .name = "ignores_shift",
    .statement = "|y_i(x + c) - y_i(x)| <= B1(x)_i + B1(x + c)_i, x + c exact",
    .source = "properties/README.md#shift",
    .needs = "a shift (--shift) that leaves every logit exact, and some logit finite",
    .unit = Unit::ulp,
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
