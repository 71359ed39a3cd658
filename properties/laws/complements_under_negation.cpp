// Law      sigmoid(-x) = 1 - sigmoid(x).
// Source   e^-x / (1 + e^-x) + 1 / (1 + e^-x) = 1: properties/README.md, "Two classes". Each result lies within its own bound of its truth,
//          and the truths add up to 1.
// Basis    theorem.
// Needs    a finite logit.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  std::vector<double> negated = c.x;
  for (double& value : negated) value = -value;
  const Answered here = answered(subject, question_of(c), oracle, resolution);
  const Answered there = answered(subject, question_of(c, negated, c.dy, c.scale), oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  for (std::size_t i = 0; i < c.x.size(); ++i) {
    const double large = std::max(here.y[i], there.y[i]), small = std::min(here.y[i], there.y[i]);
    const int exponent = std::max(here.truth[i].ulp_exponent, there.truth[i].ulp_exponent);
    const double bound = std::ldexp(here.bound[i], here.truth[i].ulp_exponent - exponent) +
                         std::ldexp(there.bound[i], there.truth[i].ulp_exponent - exponent);
    if (std::isnan(here.y[i]) || std::isnan(there.y[i]))
      worst.consider_not_a_number(0, i, here.truth[i].nearest);
    else if (!std::isinf(bound)) // (large - 1) is exact by Sterbenz' lemma for large in [1/2, 2]
      worst.consider(exact_but_one_rounding(std::ldexp(std::fabs((large - 1) + small), -exponent)), bound * (1 + 0x1p-50), i,
                     1 - there.y[i], here.y[i]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property complements_under_negation{
    .name = "complements_under_negation",
    .statement = "sigmoid(x) + sigmoid(-x) = 1 within both bounds",
    .source = "properties/README.md#two-classes",
    .needs = "finite logits",
    .means = "The probability of yes and the probability of no do not add up to one: losses and calibration of a binary "
             "classifier lean to one side.",
    .least_cases = 20,
    .operations = {Operation::sigmoid},
    .arrange = &keep_row,
    .admits = &is_ordinary_and_finite,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
