// Law      half the temperature does not take from the largest: y_max(2 x) >= y_max(x) at any scale, and the smallest does not gain.
// Source   properties/README.md, "Scale": d p_max / d s = p_max (x_max - sum p x) >= 0. Each run lies within its own B1.
// Basis    theorem.
// Needs    two different finite logits and a positive scale, s 2 x exact. The logits are doubled, not the scale: not all code takes one.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  // Where sharpening barely moves anything, a mistake has nothing to hide behind: small ranges as often as others.
  c.scale = std::ldexp(1.0, static_cast<int>(random.between(-12, 3)));
}

std::vector<double> doubled(const Case& c) {
  std::vector<double> x = c.x;
  for (double& value : x) value *= 2;
  return x;
}

bool admits(const Case& c) {
  return is_ordinary(c) && c.scale > 0 && scales_exactly(c.format, c.x, 2) && scales_exactly(c.format, doubled(c), c.scale) &&
         has_truth(doubled(c), c.scale) && std::any_of(c.x.begin(), c.x.end(), [&c](double value) { return value != c.x[0]; });
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::vector<double> x = doubled(c);
  const Problem sharp = question_of(c, x, c.dy, c.scale);
  if (!covers(subject.claim, sharp)) return WorstFinding(c, Basis::theorem, assumptions_of(subject, c)).finding(); // vacuous
  const Answered softer = answered(subject, question_of(c), oracle, resolution);
  const Answered sharper = answered(subject, sharp, oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  std::size_t smallest = largest_index(c.x, 1);
  for (std::size_t i = 0; i < c.x.size(); ++i)
    if (std::isfinite(c.x[i]) && c.x[i] < c.x[smallest]) smallest = i;
  for (const std::size_t i : {largest_index(c.x, 1), smallest}) {
    const double before = softer.y[i], after = sharper.y[i];
    const int exponent = std::max(softer.truth[i].ulp_exponent, sharper.truth[i].ulp_exponent);
    const double bound = std::ldexp(softer.bound[i], softer.truth[i].ulp_exponent - exponent) +
                         std::ldexp(sharper.bound[i], sharper.truth[i].ulp_exponent - exponent);
    if (std::isnan(before) || std::isnan(after)) {
      worst.consider_not_a_number(0, i, softer.truth[i].nearest);
      continue;
    }
    if (std::isinf(bound)) continue;
    const double moved_wrongly = i == smallest ? after - before : before - after;
    worst.consider(distance(std::max(0.0, moved_wrongly), 0, exponent), bound * (1 + 0x1p-50), i, before, after);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property sharpens_with_scale{
    .name = "sharpens_with_scale",
    .statement = "y_max(2 x) >= y_max(x) and y_min(2 x) <= y_min(x), within both bounds",
    .source = "properties/README.md#scale",
    .needs = "two different logits and a positive scale (--scale) with 2 scale x exact",
    .means = "A lower temperature makes the best choice less probable, or the worst more: the temperature does not do what it "
             "promises.",
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
