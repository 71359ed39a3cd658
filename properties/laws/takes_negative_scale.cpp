// Law      softmax(x; -s) = softmax(-x; s): a negative scale is one like any other, and turns the order round.
// Source   properties/README.md, "Scale": -s x_i and s (-x_i) are one product, so both questions have one truth and one bound each.
// Basis    theorem.
// Needs    a negative scale.
// Why      a law of its own, because a maximum taken before scaling is right for all others: who means positive scales only knows where to say so.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  if (c.scale == 1) c.scale = std::ldexp(1.0, static_cast<int>(random.between(-4, 4)));
  c.scale = -std::fabs(c.scale);
  for (double& value : c.x) // a mask times a negative number is +inf
    if (!std::isfinite(value)) value = 0;
}

bool admits(const Case& c) { return is_ordinary_and_finite(c) && c.scale < 0; }

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  std::vector<double> negated = c.x;
  for (double& value : negated) value = -value;
  // The gradient with respect to scale x follows as it is; the truth is the case's own.
  return compare_runs(subject, c, question_of(c, negated, c.dy, -c.scale), in_place(c), oracle, resolution, std::nullopt);
}

} // namespace

namespace laws {
extern constinit const Property takes_negative_scale{
    .name = "takes_negative_scale",
    .statement = "|y_i(x; -s) - y_i(-x; s)| <= B(x; -s)_i + B(-x; s)_i",
    .source = "properties/README.md#scale",
    .needs = "a negative scale (--scale)",
    .means = "With a negative scale the results are wrong: fine where scales are temperatures, a trap where they are learned.",
    .least_cases = 20,
    .operations = operations_of_logits,
    .needs_scale = true,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
