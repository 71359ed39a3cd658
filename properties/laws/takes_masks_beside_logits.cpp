// Law      a mask of -inf that is added to finite logits gives what logits of -inf give.
// Source   properties/README.md, "Masks": s x + (-inf) = -inf exactly, whatever finite x is.
// Basis    theorem, within both bounds.
// Needs    a finite logit and one that is -inf, which is given as 0 with -inf in the mask.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void arrange(Case& c, Random& random, std::size_t index) {
  if (index % 4 == 3) {
    // Below the finite numbers that stand for masks in code that adds them: there such a mask is the largest logit.
    constexpr double below[] = {-1.5e4, -4e4, -2e9, -2e38};
    const double level = std::max(below[index / 4 % std::size(below)], -largest_finite(c.format) / 2);
    for (double& value : c.x)
      if (std::isfinite(value)) value = round_to(c.format, level + std::clamp(value, -3.0, 3.0));
    c.scale = 1;
  }
  if (c.x.size() < 2) {
    c.x.push_back(0);
    if (takes_upstream_gradient(c.operation)) c.dy.push_back(0);
  }
  const std::size_t masked = 1 + random.below(c.x.size() - 1);
  for (std::size_t k = 0; k < masked; ++k) c.x[random.below(c.x.size())] = -infinity;
}

bool admits(const Case& c) {
  return is_ordinary(c) && std::count(c.x.begin(), c.x.end(), -infinity) > 0 &&
         (c.operation != Operation::cross_entropy || c.x[static_cast<std::size_t>(c.target)] != -infinity);
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Answered answer = answered(subject, question_of(c), oracle, resolution);
  Placement placement;
  placement.masked = true;
  return compare_answers(answer, subject.run_watched(question_of(c), placement).y, answer.bound, in_place(c), subject, c,
                         std::nullopt, true);
}

} // namespace

namespace laws {
extern constinit const Property takes_masks_beside_logits{
    .name = "takes_masks_beside_logits",
    .statement = "x_i = 0 and mask_i = -inf for x_i = -inf: |y_i - y_i| <= 2 B(x)_i",
    .source = "properties/README.md#masks",
    .needs = "a finite logit and one that is -inf",
    .means = "Positions that a mask switches off are not switched off, or change the others: padding and causal masks leak.",
    .least_cases = 20,
    .operations = {Operation::softmax, Operation::log_softmax, Operation::log_sum_exp, Operation::cross_entropy},
    .abilities = {Ability::mask},
    .cost = 2,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
