// Law      0 <= y_i <= 1.
// Source   properties/README.md, "Unit interval": rounding to nearest is monotone, and a sum of non-negative numbers that
//          contains a numerator is not below it; so is the quotient not above 1.
// Basis    theorem, with bound 0, for every class of the ladder.
// Needs    scale * x finite or -inf, not all -inf. Where the proof's conditions fail nothing is said: online they are exp(0) = 1, an
//          exponential within a quarter of its truth, and nothing compensated; compensated 2 n u < 1.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

bool is_proved(const Claim& claim, const Case& c) {
  if (c.operation == Operation::sigmoid) return true;
  const double error_of_exponential = 2 * claim.exponential_ulp * unit_roundoff(arithmetic_of(claim, c.format));
  if (claim.rescaling == Rescaling::online)
    return sum_is_at_least_one(claim, c) && error_of_exponential <= 0.25 && !claim.difference_is_compensated;
  Claim plain = claim; // numerators are summands: what exp(0) is does not matter
  plain.exponential_of_zero_is_one = true;
  plain.form = ExponentialForm::natural;
  return sum_is_at_least_one(plain, c);
}

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::theorem, "rounding to nearest is monotone: no tolerance");
  if (!is_proved(subject.claim, c)) return worst.finding(); // vacuous
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isnan(y[i])) {
      worst.consider_not_a_number(0, i, 0);
      continue;
    }
    const double nearest = std::clamp(y[i], 0.0, 1.0);
    worst.consider(exact_but_one_rounding(std::fabs(y[i] - nearest) / ulp(c.format, nearest)), 0, i, nearest, y[i]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property lies_in_unit_interval{
    .name = "lies_in_unit_interval",
    .statement = "0 <= y_i <= 1",
    .source = "properties/README.md#unit-interval",
    .needs = "scale * x finite or -inf, and some of it finite",
    .means = "A probability is below zero or above one: samplers reject it, logarithms of it are not numbers, and sums of "
             "probabilities are not probabilities.",
    .least_cases = 20,
    .operations = {Operation::softmax, Operation::sigmoid},
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
