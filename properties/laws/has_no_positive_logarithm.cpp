// Law      log p_i <= 0, and a cross-entropy is not negative.
// Source   properties/README.md, "Relatives": the sum contains exp(0) = 1, so its computed logarithm is not negative, and
//          x_i - m is not positive. A logarithm above zero claims a probability above one.
// Basis    theorem, with bound 0; within B where exp(0) = 1 is not claimed or not computed (fused exponents), or log may err by 100 %.
// Needs    an ordinary row.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const bool is_certain = logarithm_is_not_negative(subject.claim, c);
  const Answered answer = answered(subject, question_of(c), oracle, resolution);
  WorstFinding worst(c, Basis::theorem, is_certain ? "exp(0) = 1 is in the sum: no tolerance" : assumptions_of(subject, c));
  const double sign = c.operation == Operation::cross_entropy ? -1 : 1;
  for (std::size_t i = 0; i < answer.y.size(); ++i) {
    const double bound = is_certain ? 0 : answer.bound[i];
    if (std::isnan(answer.y[i]))
      worst.consider_not_a_number(std::isinf(bound) ? 0 : bound, i, 0);
    else if (!std::isinf(bound))
      worst.consider(distance(std::max(0.0, sign * answer.y[i]), 0, answer.truth[i].ulp_exponent), bound, i,
                     answer.truth[i].nearest, answer.y[i]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property has_no_positive_logarithm{
    .name = "has_no_positive_logarithm",
    .statement = "log p_i <= 0, cross-entropy >= 0",
    .source = "properties/README.md#relatives",
    .needs = "scale * x finite or -inf, and some of it finite",
    .means = "A logarithm of a probability is above zero, or a loss below zero: the probability would exceed one, and "
             "perplexities, rewards and importance weights built on it are wrong.",
    .least_cases = 20,
    .operations = {Operation::log_softmax, Operation::cross_entropy},
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
