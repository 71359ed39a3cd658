// Law      scale x_i >= scale x_j implies y_i >= y_j, up to the errors of two exponentials and two divisions.
// Source   properties/README.md, "Order". Both elements share the computed sum, so its error cancels and A does not appear.
//          Logarithms: rounding is monotone, and each is the same two subtractions, so bound 0.
// Basis    theorem; strict order never follows.
// Needs    at least two different logits.
#include "properties/laws/row_facts.hpp"

#include <numeric>

namespace softmax_audit {
namespace {

bool admits(const Case& c) {
  return is_ordinary(c) && c.scale != 0 && std::any_of(c.x.begin(), c.x.end(), [&c](double value) { return value != c.x[0]; });
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::vector<Truth> truth = truths(oracle, question_of(c), resolution);
  const std::vector<double> y = subject.run(question_of(c));
  const bool logarithms = c.operation == Operation::log_softmax;
  const SoftmaxBounds bounds = logarithms ? SoftmaxBounds{} : softmax_bounds_of(subject, c, truth);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  std::vector<std::size_t> ascending(y.size());
  std::iota(ascending.begin(), ascending.end(), std::size_t{0});
  std::sort(ascending.begin(), ascending.end(),
            [&c](std::size_t a, std::size_t b) { return c.scale < 0 ? c.x[a] > c.x[b] : c.x[a] < c.x[b]; });
  // Each element against its neighbour below and against the largest result further below: an inversion of any two elements
  // shows up as one of these.
  std::size_t largest_below = ascending[0];
  for (std::size_t k = 0; k < ascending.size(); ++k) {
    const std::size_t i = ascending[k];
    if (std::isnan(y[i])) {
      worst.consider_not_a_number(0, i, truth[i].nearest);
      continue;
    }
    if (k > 0)
      for (const std::size_t j : {ascending[k - 1], largest_below}) {
        if (std::isnan(y[j])) continue;
        const double bound = logarithms ? 0 : inversion_bound(subject.claim, c.format, c.x, c.scale, truth, bounds, i, j);
        if (std::isinf(bound)) continue;
        worst.consider(y[j] > y[i] ? distance(y[j], y[i], truth[i].ulp_exponent) : Measured{}, bound, i, y[j], y[i]);
      }
    if (std::isnan(y[largest_below]) || y[i] >= y[largest_below]) largest_below = i;
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property preserves_order{
    .name = "preserves_order",
    .statement = "x_i >= x_j implies y_j - y_i <= the errors of two exponentials and two divisions",
    .source = "properties/README.md#order",
    .needs = "two different finite logits",
    .means =
        "A larger logit gets a smaller probability: the most probable class or token is not the one with the largest logit.",
    .least_cases = 20,
    .operations = {Operation::softmax, Operation::log_softmax},
    .arrange = &keep_row,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
