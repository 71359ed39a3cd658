// Law      softmax(P x) = P softmax(x), and so for every operation on a row; log-sum-exp and cross-entropy stay.
// Source   properties/README.md, "Permutation": both runs lie within their own bound of one truth.
// Basis    theorem. Sound code does change bits under permutation, because its sum rounds in another order.
// Needs    n >= 2 and a permutation other than the identity.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  c.permutation.resize(c.x.size());
  std::iota(c.permutation.begin(), c.permutation.end(), std::size_t{0});
  switch (random.below(3)) {
    case 0: std::reverse(c.permutation.begin(), c.permutation.end()); break;
    case 1: std::rotate(c.permutation.begin(), c.permutation.begin() + 1, c.permutation.end()); break;
    default: // Fisher and Yates
      for (std::size_t i = c.permutation.size(); i > 1; --i) std::swap(c.permutation[i - 1], c.permutation[random.below(i)]);
  }
}

bool admits(const Case& c) {
  if (!is_ordinary(c) || c.permutation.size() != c.x.size()) return false;
  std::vector<std::size_t> sorted = c.permutation;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != i) return false;
  return !std::is_sorted(c.permutation.begin(), c.permutation.end());
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  std::vector<double> x, dy;
  for (const std::size_t from : c.permutation) {
    x.push_back(c.x[from]);
    if (!c.dy.empty()) dy.push_back(c.dy[from]);
  }
  Problem permuted = question_of(c, x, dy, c.scale);
  std::int64_t target = 0;
  if (c.operation == Operation::cross_entropy) {
    const auto found = std::find(c.permutation.begin(), c.permutation.end(), static_cast<std::size_t>(c.target));
    target = found - c.permutation.begin();
    permuted.target = {&target, 1};
  }
  const std::vector<std::size_t> of = results_of_row(c.operation, 2) == 1 ? std::vector<std::size_t>{0} : c.permutation;
  return compare_runs(subject, c, permuted, of, oracle, resolution, Contract::permutation);
}

} // namespace

namespace laws {
extern constinit const Property follows_permutation{
    .name = "follows_permutation",
    .statement = "|y_i(P x) - (P y(x))_i| <= B(P x)_i + (P B(x))_i",
    .source = "properties/README.md#permutation",
    .needs = "two logits or more and a permutation (--permutation) other than the identity",
    .means = "The result of an element depends on where in the row it stands by more than rounding: reordering tokens, keys or "
             "classes changes their probabilities.",
    .least_cases = 20,
    .operations = row_operations,
    .contract = Contract::permutation,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
