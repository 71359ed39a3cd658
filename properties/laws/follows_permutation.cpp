// Law      softmax(P x) = P softmax(x): |y_i(P x) - (P y(x))_i| <= B1(P x)_i + (P B1(x))_i.
// Source   properties/README.md, "Permutation": both runs lie within their B1 of the same truth.
// Basis    theorem. Sound code does change bits under permutation, because its sum rounds in another order.
// Needs    n >= 2 and a permutation other than the identity.
#include "properties/inputs/random.hpp"
#include "properties/laws/row_facts.hpp"

#include <numeric>

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random) {
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

Finding measure(const Subject& subject, const Case& c, Truths& truths, int resolution) {
  std::vector<double> permuted;
  for (const std::size_t from : c.permutation) permuted.push_back(c.x[from]);
  return compare_runs(subject, c, permuted, c.permutation, truths, resolution);
}

} // namespace

namespace laws {
extern constinit const Property follows_permutation{
    .name = "follows_permutation",
    .statement = "|y_i(P x) - (P y(x))_i| <= B1(P x)_i + (P B1(x))_i",
    .source = "properties/README.md#permutation",
    .needs = "two logits or more and a permutation (--permutation) other than the identity",
    .unit = Unit::ulp,
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
