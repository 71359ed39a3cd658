// Law      the Jacobian of softmax is symmetric: the gradient at i for a unit at k is the gradient at k for a unit at i, both -p_i p_k.
// Source   properties/README.md, "Gradients".
// Basis    theorem: both runs lie within their own bound of one truth.
// Needs    two different elements, i = number and k = the target, both finite. The gradients of the case are not used.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  if (c.x.size() < 2) {
    c.x.push_back(round_to(c.format, std::isfinite(c.x[0]) ? c.x[0] - 1 : 0));
    c.dy.push_back(0);
  }
  c.number = random.below(c.x.size());
  c.target = static_cast<std::int64_t>((c.number + 1 + random.below(c.x.size() - 1)) % c.x.size());
}

bool admits(const Case& c) {
  const auto k = static_cast<std::size_t>(c.target);
  return is_ordinary(c) && c.target >= 0 && k < c.x.size() && c.number < c.x.size() && k != c.number;
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::size_t i = c.number, k = static_cast<std::size_t>(c.target);
  std::vector<double> unit_at_k(c.x.size(), 0.0), unit_at_i(c.x.size(), 0.0);
  unit_at_k[k] = unit_at_i[i] = 1;
  const Answered of_k = answered(subject, question_of(c, c.x, unit_at_k, c.scale), oracle, resolution);
  const Answered of_i = answered(subject, question_of(c, c.x, unit_at_i, c.scale), oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  const double bound = of_k.bound[i] + of_i.bound[k];
  if (std::isnan(of_k.y[i]) || std::isnan(of_i.y[k]))
    worst.consider_not_a_number(0, i, of_k.truth[i].nearest);
  else if (!std::isinf(bound))
    worst.consider(distance(of_k.y[i], of_i.y[k], of_k.truth[i].ulp_exponent), bound, i, of_i.y[k], of_k.y[i]);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property has_symmetric_jacobian{
    .name = "has_symmetric_jacobian",
    .statement = "dx_i for dy = e_k is dx_k for dy = e_i, within both bounds",
    .source = "properties/README.md#gradients",
    .needs = "two different elements, i (--number) and k (--target)",
    .means = "The influence of logit i on output k is not that of k on i: the gradient is not that of softmax, and training "
             "follows another function than the forward pass computes.",
    .least_cases = 20,
    .operations = {Operation::softmax_backward},
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
