// Law      the second results are those of the row: m = max_j s x_j, rounded once, and sum_j exp(s x_j - m).
// Source   properties/README.md, "Sum": the sum is 1 / p of the largest element, and its error is part of B1 there.
// Basis    theorem: m is one product, and 1 / sum differs from p_max by no more than a result that divides by the sum.
// Needs    a finite row whose products with the scale are far from overflow.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

bool admits(const Case& c) {
  const double limit = largest_finite(c.format) / 2;
  return is_ordinary_and_finite(c) &&
         std::all_of(c.x.begin(), c.x.end(), [&](double x) { return std::fabs(c.scale * x) < limit; });
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Answered answer = answered(subject, question_of(c), oracle, resolution);
  Placement placement;
  placement.second_results = true;
  const Answer given = subject.run_watched(question_of(c), placement);
  std::size_t at = 0;
  for (std::size_t i = 1; i < c.x.size(); ++i)
    if (c.scale * c.x[i] > c.scale * c.x[at]) at = i;
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  // Rounding is monotone: the maximum of rounded products is the rounded maximum.
  const double maximum = round_to(c.format, c.scale * c.x[at]);
  if (std::isnan(given.maximum[0])) {
    worst.consider_not_a_number(0, at, maximum);
  } else {
    const double off = std::fabs(given.maximum[0] - maximum) / ulp(c.format, maximum);
    worst.consider({off, off}, 0, at, maximum, given.maximum[0]);
  }
  const Truth& p = answer.truth[at];
  if (!(given.sum[0] > 0) || p.nearest <= 0) {
    worst.consider_not_a_number(0, at, 1 / p.nearest);
  } else {
    // In ulp of p_max. The truth here is rounded, and so is the quotient: one ulp together.
    const double off = std::fabs(1 / given.sum[0] - p.nearest) / std::ldexp(1.0, p.ulp_exponent);
    worst.consider({std::max(0.0, off - 1), std::max(0.0, off - 1)}, answer.bound[at], at, 1 / p.nearest, given.sum[0]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property gives_maximum_and_sum{
    .name = "gives_maximum_and_sum",
    .statement = "the maximum is max_j s x_j rounded once, and |1/sum - p_max| <= B1(x)_max + 1 ulp",
    .source = "properties/README.md#sum",
    .needs = "finite logits whose products with the scale are far from overflow",
    .means = "The maximum and the sum that are handed on are not those of the row: whoever merges parts of a row by them, as "
             "attention in blocks does, gets something else.",
    .least_cases = 20,
    .operations = {Operation::softmax},
    .abilities = {Ability::second_results},
    .cost = 2,
    .arrange = &keep_row,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
