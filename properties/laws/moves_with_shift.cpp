// Law      log-sum-exp(x + c) = log-sum-exp(x) + c.
// Source   properties/README.md, "Shift": each run lies within its own bound of its own truth, and the truths are c apart.
// Basis    theorem.
// Needs    a shift that leaves every logit exact.
#include "properties/laws/shifts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::vector<double> x = shifted_row(c);
  if (!covers(subject.claim, question_of(c, x, c.dy, c.scale)))
    return WorstFinding(c, Basis::theorem, assumptions_of(subject, c)).finding(); // vacuous
  const Answered here = answered(subject, question_of(c), oracle, resolution);
  const Answered there = answered(subject, question_of(c, x, c.dy, c.scale), oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  const double y = here.y[0], other = there.y[0];
  if (std::isnan(y) || std::isnan(other)) {
    worst.consider_not_a_number(0, 0, there.truth[0].nearest);
    return worst.finding();
  }
  // In units of the larger ulp; the sum of three doubles by TwoSum, which is exact up to one rounding of what is left.
  const int exponent = std::max(here.truth[0].ulp_exponent, there.truth[0].ulp_exponent);
  const double bound = std::ldexp(here.bound[0], here.truth[0].ulp_exponent - exponent) +
                       std::ldexp(there.bound[0], there.truth[0].ulp_exponent - exponent);
  const double moved = y + c.shift * c.scale;
  const double shift_part = moved - y;
  const double lost = (y - (moved - shift_part)) + (c.shift * c.scale - shift_part);
  const double size = std::ldexp(std::fabs((other - moved) - lost), -exponent);
  if (std::isfinite(y) && std::isfinite(other))
    worst.consider(exact_but_one_rounding(size), bound * (1 + 0x1p-50), 0, moved, other);
  return worst.finding();
}

// The truth moves by scale * c: exact in double for the scales that are asked.
bool admits(const Case& c) { return admits_shift(c) && std::fma(c.scale, c.shift, -(c.scale * c.shift)) == 0; }

} // namespace

namespace laws {
extern constinit const Property moves_with_shift{
    .name = "moves_with_shift",
    .statement = "log-sum-exp(x + c) = log-sum-exp(x) + c within both bounds, x + c exact",
    .source = "properties/README.md#shift",
    .needs = "a shift (--shift) that leaves every logit exact, and some logit finite",
    .means = "Adding the same number to all logits does not move log-sum-exp by that number: it overflows, vanishes or loses "
             "digits for large logits.",
    .least_cases = 20,
    .operations = {Operation::log_sum_exp},
    .arrange = &arrange_shift,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
