// Law      x_i = x_j implies y_i = y_j: bitwise where the implementation claims that equal logits give equal bits, else up to
//          the errors of two exponentials and two divisions.
// Source   properties/README.md, "Order", with equal logits.
//          Logarithms of equal logits are the same subtractions: bound 0.
// Basis    claim (bitwise) or theorem.
// Needs    two equal finite logits.
#include "properties/laws/row_facts.hpp"

#include <map>

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
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

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::vector<Truth> truth = truths(oracle, question_of(c), resolution);
  const std::vector<double> y = subject.run(question_of(c));
  const bool logarithms = c.operation == Operation::log_softmax;
  const SoftmaxBounds bounds = logarithms ? SoftmaxBounds{} : softmax_bounds_of(subject, c, truth);
  const bool promised = subject.claim.bitwise.has(Contract::ties);
  WorstFinding worst(c, promised ? Basis::claim : Basis::theorem,
                     promised ? "the same bits, as claimed: bitwise=ties" : assumptions_of(subject, c));
  struct Extremes {
    std::size_t least, most;
    unsigned members = 0;
  };
  std::map<double, Extremes> groups;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isfinite(c.x[i])) continue;
    if (std::isnan(y[i])) {
      worst.consider_not_a_number(0, i, truth[i].nearest);
      continue;
    }
    Extremes& group = groups.try_emplace(c.x[i], Extremes{i, i}).first->second;
    ++group.members;
    if (y[i] < y[group.least]) group.least = i;
    if (y[i] > y[group.most]) group.most = i;
  }
  for (const auto& [logit, group] : groups) {
    if (group.members < 2) continue;
    worst.compare_bits(same_bits(y[group.least], y[group.most]));
    const double bound =
        logarithms ? 0 : inversion_bound(subject.claim, c.format, c.x, c.scale, truth, bounds, group.least, group.most);
    if (std::isinf(bound)) continue;
    worst.consider(distance(y[group.most], y[group.least], truth[group.least].ulp_exponent), bound, group.least, y[group.most],
                   y[group.least]);
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
    .means = "Equal logits get different probabilities: which of two equal candidates wins depends on its place in the row.",
    .least_cases = 20,
    .operations = {Operation::softmax, Operation::log_softmax},
    .contract = Contract::ties,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
