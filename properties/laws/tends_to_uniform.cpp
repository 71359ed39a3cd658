// Law      T -> infinity (scale = 1/T -> 0): y_i -> 1/n.
// Source   properties/README.md, "Temperature to infinity". With r = scale (max x - min x): |p_i - 1/n| <= (e^r - 1)/n, and y
//          lies within B1 of p. In the limit the logits themselves go to 0, not only their differences.
// Basis    theorem.
// Needs    all logits finite, n >= 2, scale x exact (a power of two that does not underflow) and |scale x| <= 1/8.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

double range(const Case& c) {
  const auto [low, high] = std::minmax_element(c.x.begin(), c.x.end());
  return c.scale * (*high - *low);
}

double largest_magnitude(const Case& c) {
  double largest = 0;
  for (const double value : c.x) largest = std::max(largest, std::fabs(value));
  return c.scale * largest;
}

void arrange(Case& c, Random& random, std::size_t) {
  c.scale = 1;
  for (double& value : c.x)
    if (!std::isfinite(value)) value = 0;
  if (c.x.size() < 2) c.x.push_back(0);
  // The differences of some rows overflow, though no scaled one does.
  if (random.one_in(8)) {
    const std::size_t top = random.below(c.x.size());
    c.x[top] = std::ldexp(1.5, traits(c.format).largest_exponent);
    c.x[(top + 1) % c.x.size()] = -c.x[top];
  }
  const double width = largest_magnitude(c);
  if (!(width > 0)) return;
  const int exponent = -std::ilogb(width) - 4 - static_cast<int>(random.below(40));
  const double scale = std::ldexp(1.0, exponent);
  if (is_representable(c.format, scale) && scale > 0) c.scale = scale;
}

bool admits(const Case& c) {
  if (!is_ordinary(c) || c.x.size() < 2 || c.scale <= 0) return false;
  const bool exact = std::all_of(c.x.begin(), c.x.end(), [&c](double value) {
    return std::isfinite(value) && is_representable(c.format, c.scale * value) && c.scale * value / c.scale == value;
  });
  return exact && largest_magnitude(c) <= 0.125;
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::vector<Truth> truth = truths(oracle, question_of(c), resolution);
  const SoftmaxBounds bounds = softmax_bounds_of(subject, c, truth);
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  const auto n = static_cast<double>(c.x.size());
  const double unit = ulp(c.format, 1 / n);
  const double limit = std::expm1(range(c) * (1 + 0x1p-40)) / n / unit;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double bound = (std::ldexp(bounds.ulp[i], truth[i].ulp_exponent) / unit + limit) * (1 + 0x1p-40);
    if (std::isnan(y[i])) {
      worst.consider_not_a_number(std::isinf(bound) ? 0 : bound, i, 1 / n);
    } else if (!std::isinf(bound)) {
      const double distance = std::fabs(std::fma(y[i], n, -1.0)) / n / unit;
      worst.consider({distance * (1 - 0x1p-50), distance * (1 + 0x1p-50)}, bound, i, round_to(c.format, 1 / n), y[i]);
    }
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property tends_to_uniform{
    .name = "tends_to_uniform",
    .statement = "T -> infinity: |y_i - 1/n| <= B1(x)_i + (e^r - 1)/n, r = (max x - min x) / T",
    .source = "properties/README.md#temperature-to-infinity",
    .needs = "two finite logits or more and a power of two as scale (--scale) with |scale x| <= 1/8",
    .means = "At a very high temperature the result is not the uniform distribution: exploration by temperature favours some "
             "candidates.",
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
