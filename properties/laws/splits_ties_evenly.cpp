// Law      x_i = x_j implies y_i = y_j: bitwise where the implementation claims that equal logits give equal bits, else up to
//          the errors of two exponentials and two divisions.
// Source   properties/README.md, "Order", with equal logits.
// Basis    claim (bitwise) or theorem.
// Needs    two equal finite logits.
#include "properties/inputs/random.hpp"
#include "properties/laws/row_facts.hpp"

#include <map>

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random) {
  if (c.x.size() < 2) c.x.push_back(c.x[0]);
  // Ties at chosen distances: in vector code a pair may straddle the body and the tail.
  const std::size_t from = random.below(c.x.size());
  const std::size_t copies = 1 + random.below(3);
  for (std::size_t k = 0; k < copies; ++k) {
    const std::size_t to = random.below(c.x.size());
    if (std::isfinite(c.x[from])) c.x[to == from ? (to + 1) % c.x.size() : to] = c.x[from];
  }
}

bool admits(const Case& c) {
  if (!is_ordinary(c)) return false;
  std::vector<double> finite;
  std::copy_if(c.x.begin(), c.x.end(), std::back_inserter(finite), [](double value) { return std::isfinite(value); });
  std::sort(finite.begin(), finite.end());
  return std::adjacent_find(finite.begin(), finite.end()) != finite.end();
}

Finding measure(const Subject& subject, const Case& c, Truths& truths, int resolution) {
  const auto truth = truths.row(c.format, c.x, c.scale, resolution);
  const SoftmaxBounds bounds = bounds_of(subject, c, c.x, *truth);
  const std::vector<double> y = answer(subject, c);
  WorstFinding worst(subject.claim.equal_logits_give_equal_bits ? Basis::claim : Basis::theorem, assumptions_of(subject, c));
  struct Extremes {
    std::size_t least, most;
    unsigned members = 0;
  };
  std::map<double, Extremes> groups;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isfinite(c.x[i])) continue;
    if (std::isnan(y[i])) {
      worst.consider_not_a_number(0, i, (*truth)[i].nearest);
      continue;
    }
    Extremes& group = groups.try_emplace(c.x[i], Extremes{i, i}).first->second;
    ++group.members;
    if (y[i] < y[group.least]) group.least = i;
    if (y[i] > y[group.most]) group.most = i;
  }
  for (const auto& [logit, group] : groups) {
    if (group.members < 2) continue;
    const double bound = inversion_bound(subject.claim, c.format, c.x, c.scale, *truth, bounds, group.least, group.most);
    if (std::isinf(bound)) continue;
    const double distance = std::ldexp(y[group.most] - y[group.least], -(*truth)[group.least].ulp_exponent);
    worst.consider(exact_but_one_rounding(distance), bound, group.least, y[group.most], y[group.least]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property splits_ties_evenly{
    .name = "splits_ties_evenly",
    .statement = "x_i = x_j implies y_i = y_j",
    .source = "properties/README.md#order",
    .needs = "two equal finite logits",
    .unit = Unit::ulp,
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
