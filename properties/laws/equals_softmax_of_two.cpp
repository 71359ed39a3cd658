// Law      sigmoid(x) is the first share of softmax(x, 0): both results lie within their own bound of one truth.
// Source   1 / (1 + e^-x) = e^x / (e^x + 1); properties/README.md, "Two classes".
// Basis    theorem.
// Needs    a subject that offers both operations; a finite logit.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Answered sigmoid = answered(subject, question_of(c), oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  for (std::size_t i = 0; i < c.x.size(); ++i) {
    const double pair[] = {c.x[i], 0};
    const Problem two{Operation::softmax, c.format, 1, 2, pair, c.scale};
    const Answered softmax = answered(subject, two, oracle, resolution);
    const double bound = sigmoid.bound[i] + softmax.bound[0];
    if (std::isnan(sigmoid.y[i]) || std::isnan(softmax.y[0]))
      worst.consider_not_a_number(0, i, sigmoid.truth[i].nearest);
    else if (!std::isinf(bound))
      worst.consider(distance(sigmoid.y[i], softmax.y[0], sigmoid.truth[i].ulp_exponent), bound, i, softmax.y[0], sigmoid.y[i]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property equals_softmax_of_two{
    .name = "equals_softmax_of_two",
    .statement = "sigmoid(x) = softmax(x, 0)_0 within both bounds",
    .source = "properties/README.md#two-classes",
    .needs = "a finite logit",
    .means = "Sigmoid and a softmax over two classes give different probabilities: replacing one head of a model by the other "
             "changes its answers.",
    .least_cases = 20,
    .operations = {Operation::sigmoid},
    .also_asks = Operation::softmax,
    .cost = 4,
    .arrange = &keep_row,
    .admits = &is_ordinary_and_finite,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
