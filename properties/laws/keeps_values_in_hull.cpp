// Law      attention stays within its values: min v - e <= sum_j y_j v_j <= max v + e, e = |sum y - 1| allowed times max |v|.
// Source   properties/README.md, "Hull": for y >= 0 the sum is (sum y) times a convex combination.
// Basis    theorem. It follows from lies_in_unit_interval and sums_to_one and kills nothing that they do not; it is here because it is what
//          those who mix values by attention rely on, in their words.
// Needs    finite values, one for each element (with, over and over).
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  c.with.clear();
  const std::size_t values = 1 + random.below(6);
  for (std::size_t k = 0; k < values; ++k) c.with.push_back(round_to(c.format, random.one_in(3) ? 1 : random.normal()));
}

bool admits(const Case& c) {
  return is_ordinary(c) && !c.with.empty() &&
         std::all_of(c.with.begin(), c.with.end(), [](double v) { return std::isfinite(v) && std::fabs(v) < 0x1p60; });
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::vector<Truth> truth = truths(oracle, question_of(c), resolution);
  const SoftmaxBounds bounds = softmax_bounds_of(subject, c, truth);
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  double sum = 0, lost = 0, magnitude = 0, largest = 0, lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (std::size_t j = 0; j < y.size(); ++j) {
    const double v = c.with[j % c.with.size()];
    if (!std::isfinite(y[j])) {
      worst.consider_not_a_number(std::isinf(bounds.sum) ? 0 : bounds.sum, j, truth[j].nearest);
      return worst.finding();
    }
    const double product = y[j] * v, product_low = std::fma(y[j], v, -product);
    const double next = sum + product, added = next - sum;
    lost += (sum - (next - added)) + (product - added) + product_low;
    sum = next;
    magnitude += std::fabs(product);
    largest = std::max(largest, std::fabs(v));
    lowest = std::min(lowest, v);
    highest = std::max(highest, v);
  }
  if (largest == 0 || std::isinf(bounds.sum)) return worst.finding();
  const double unit = unit_roundoff(c.format) * largest;
  const double outside = std::max({0.0, (lowest - sum) - lost, (sum - highest) + lost}) / unit;
  const double n = static_cast<double>(y.size());
  const double unknown = magnitude * n * 0x1p-104 / unit + outside * 0x1p-50;
  worst.consider({std::max(0.0, outside - unknown), outside + unknown}, bounds.sum, std::nullopt,
                 std::clamp(sum, lowest, highest), sum);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property keeps_values_in_hull{
    .name = "keeps_values_in_hull",
    .statement = "min v <= sum_j y_j v_j <= max v, up to the bound of |sum y - 1| times max |v|",
    .source = "properties/README.md#hull",
    .needs = "finite values (--with)",
    .means =
        "An attention average lies outside the range of the values that it averages: outputs grow or shrink with every layer.",
    .unit = Unit::unit_roundoff,
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
