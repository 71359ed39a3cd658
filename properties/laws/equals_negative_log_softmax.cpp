// Law      cross-entropy is the negative log-softmax of its target: both results lie within their own bound of one truth.
// Source   properties/README.md, "Relatives".
// Basis    theorem.
// Needs    a subject that offers both operations; a target with mass.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const auto target = static_cast<std::size_t>(c.target);
  const Answered entropy = answered(subject, question_of(c), oracle, resolution);
  const Problem row{Operation::log_softmax, c.format, 1, c.x.size(), c.x, c.scale};
  const Answered logarithm = answered(subject, row, oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  const double bound = entropy.bound[0] + logarithm.bound[target];
  if (std::isnan(entropy.y[0]) || std::isnan(logarithm.y[target]))
    worst.consider_not_a_number(0, 0, entropy.truth[0].nearest);
  else if (!std::isinf(bound))
    worst.consider(distance(entropy.y[0], -logarithm.y[target], entropy.truth[0].ulp_exponent), bound, 0, -logarithm.y[target],
                   entropy.y[0]);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property equals_negative_log_softmax{
    .name = "equals_negative_log_softmax",
    .statement = "cross-entropy(x, k) = -log-softmax(x)_k within both bounds",
    .source = "properties/README.md#relatives",
    .needs = "a target (--target) with a finite logit",
    .means = "The loss is not the negative logarithm of the probability that the same library reports: a training curve and a "
             "perplexity computed from log_softmax differ.",
    .least_cases = 20,
    .operations = {Operation::cross_entropy},
    .also_asks = Operation::log_softmax,
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
