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
  const auto truth = truths.row(c.format, c.x, c.scale, resolution);
  std::vector<double> x;
  std::vector<Truth> permuted_truth;
  for (const std::size_t from : c.permutation) {
    x.push_back(c.x[from]);
    permuted_truth.push_back((*truth)[from]);
  }
  const SoftmaxBounds bounds = bounds_of(subject, c, c.x, *truth);
  const SoftmaxBounds bounds_permuted = bounds_of(subject, c, x, permuted_truth);
  const std::vector<double> y = answer(subject, c);
  const std::vector<double> y_permuted = answer(subject, c, x);
  WorstFinding worst(Basis::theorem, assumptions_of(subject, c));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t from = c.permutation[i];
    const double bound = bounds.ulp[from] + bounds_permuted.ulp[i];
    if (std::isnan(y[from]) || std::isnan(y_permuted[i])) {
      worst.consider_not_a_number(std::isinf(bound) ? 0 : bound, from, (*truth)[from].nearest);
    } else if (!std::isinf(bound)) {
      const double distance = std::ldexp(std::fabs(y_permuted[i] - y[from]), -(*truth)[from].ulp_exponent);
      worst.consider(exact_but_one_rounding(distance), bound, from, y[from], y_permuted[i]);
    }
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property follows_permutation{
    .name = "follows_permutation",
    .statement = "|y_i(P x) - (P y(x))_i| <= B1(P x)_i + (P B1(x))_i",
    .source = "properties/README.md#permutation",
    .unit = Unit::ulp,
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
