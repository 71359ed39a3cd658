// Law      |sum_i y_i - 1| <= (c + 1) u + n lambda / 2, with all orders; the sum is taken exactly.
// Source   properties/README.md, "Sum".
// Basis    theorem: numerators and sum share their exponentials, so the errors of exp cancel. Where they do not share them
//          (online rescaling), the sum of the elements' B1.
// Needs    scale * x finite or -inf, not all -inf.
// Note     the n lambda / 2 is essential: the correctly rounded f16 row of 10^6 equal logits sums to 1.013.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::vector<Truth> truth = truths(oracle, question_of(c), resolution);
  const double bound = softmax_bounds_of(subject, c, truth).sum;
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  // Cascaded TwoSum: with e_k the rounding error of the k-th addition, |sum of the e_k - lost| <= n u * sum |e_k|, and
  // sum |e_k| <= n u * sum |y|, u = 2^-53.
  double sum = -1, lost = 0, magnitude = 1;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isfinite(y[i])) {
      worst.consider_not_a_number(std::isinf(bound) ? 0 : bound, i, truth[i].nearest);
      return worst.finding();
    }
    const double next = sum + y[i];
    const double y_part = next - sum;
    lost += (sum - (next - y_part)) + (y[i] - y_part);
    sum = next;
    magnitude += std::fabs(y[i]);
  }
  const double n = static_cast<double>(y.size()) + 1;
  const double unit = unit_roundoff(c.format);
  const double distance = std::fabs(sum + lost) / unit;
  const double unknown = (n * n * 0x1p-106 * magnitude) / unit + distance * 0x1p-52;
  worst.consider({std::max(0.0, distance - unknown), distance + unknown}, bound, std::nullopt, 1, 1 + (sum + lost));
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property sums_to_one{
    .name = "sums_to_one",
    .statement = "|sum_i y_i - 1| <= (A + 1) u + n lambda / 2, A the height of the sum, A + 2 with a reciprocal",
    .source = "properties/README.md#sum",
    .needs = "scale * x finite or -inf, and some of it finite",
    .means = "Probabilities do not add up to one: sampling from them and averages weighted by them are off by the same share.",
    .unit = Unit::unit_roundoff,
    .least_cases = 20,
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
