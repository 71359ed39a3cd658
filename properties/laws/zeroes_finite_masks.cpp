// Law      a finite number that stands for a mask (-1e4, -1e9, the lowest finite one) takes no probability beside real logits, and real logits
//          that lie as low as a mask keep theirs.
// Source   properties/README.md, "Finite masks": a finite mask is a logit like any other, so B1 is the law; beyond the underflow threshold it
//          leaves (E + 5/4) lambda.
// Basis    theorem.
// Needs    two values or more, one of them -9000 or lower.
// Why      masks meet kernels with constants of their own: a maximum that starts at -1e4 or at the lowest finite number, a mask added to
//          a logit in half precision that overflows to -inf, rows in which only one element is left.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  const double lowest = -largest_finite(c.format);
  const double masks[] = {round_to(c.format, -1e4), std::max(lowest, round_to(c.format, -1e9)), lowest, lowest / 2,
                          round_to(c.format, -5e4)};
  const double mask = masks[random.below(std::size(masks))];
  if (c.x.size() < 2) c.x.push_back(c.x[0]);
  const std::size_t kept = random.below(c.x.size());
  const std::size_t odds = random.below(4); // 0: nothing but the one is left
  for (std::size_t i = 0; i < c.x.size(); ++i) {
    c.x[i] = std::isfinite(c.x[i]) ? round_to(c.format, std::clamp(c.x[i], -60.0, 60.0)) : mask;
    // Some add the mask to the logit instead of replacing it: several values that are all masks.
    if (i != kept && (odds == 0 || random.below(odds + 1) == 0))
      c.x[i] = random.one_in(3) ? std::max(lowest, round_to(c.format, mask + c.x[i])) : mask;
  }
  // Everything masked by the same number: the row is as uniform as it was before, whatever the number.
  if (random.one_in(4)) c.x.assign(c.x.size(), mask);
  // Or a row of real logits that lies there.
  if (random.one_in(6))
    for (double& value : c.x) value = round_to(c.format, std::max(lowest, -1e4 * (1 + random.unit())));
}

bool admits(const Case& c) {
  return is_ordinary_and_finite(c) && c.x.size() >= 2 &&
         std::any_of(c.x.begin(), c.x.end(), [&c](double value) { return value * c.scale <= round_to(c.format, -9000); });
}

} // namespace

namespace laws {
extern constinit const Property zeroes_finite_masks{
    .name = "zeroes_finite_masks",
    .statement = "|y_i - p_i| <= B1(x)_i where some x_i stand for masks: -1e4, -1e9, the lowest finite number",
    .source = "properties/README.md#finite-masks",
    .needs = "two finite logits or more, one of them -9000 or lower",
    .means = "Masks written as large negative numbers (-1e4, -1e9, the lowest float) leak: hidden positions get probability, "
             "or the visible ones are wrong.",
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &compare_with_truth,
};
} // namespace laws

} // namespace softmax_audit
