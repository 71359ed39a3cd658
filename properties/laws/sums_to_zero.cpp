// Law      the gradient with respect to the logits sums to zero: sum_i p_i (g_i - sum_k p_k g_k) = 0. From the output y instead of the logits the
//          sum is (sum_k y_k g_k)(1 - sum_k y_k), which is not 0 for a y that was rounded.
// Source   properties/README.md, "Gradients": the exact results have that sum, and each computed one lies within its own bound.
// Basis    theorem.
// Needs    finite gradients.
// Measure  |sum of the results - exact sum| in ulp of the largest gradient, exact or computed; sums by TwoSum.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

// high + low, the rounding errors of the sum kept.
struct Sum {
  double high = 0, low = 0, magnitude = 0;
  void add(double value) {
    const double next = high + value, added = next - high;
    low += (high - (next - added)) + (value - added);
    high = next;
    magnitude += std::fabs(value);
  }
};

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Answered answer = answered(subject, question_of(c), oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  int exponent = smallest_subnormal_exponent(c.format);
  double bound = 0;
  Sum computed, exact;
  for (std::size_t i = 0; i < answer.y.size(); ++i) {
    if (std::isnan(answer.y[i])) {
      worst.consider_not_a_number(0, i, answer.truth[i].nearest);
      return worst.finding();
    }
    exponent = std::max({exponent, answer.truth[i].ulp_exponent, ulp_exponent(c.format, answer.y[i])});
    computed.add(answer.y[i]);
    // The exact results' own sum, from the truths: 0 for softmax_backward.
    if (c.operation == Operation::softmax_backward_from_output) {
      exact.add(answer.truth[i].nearest);
      exact.add(std::ldexp(answer.truth[i].tail, answer.truth[i].ulp_exponent));
    }
  }
  double unknown = 0;
  for (std::size_t i = 0; i < answer.y.size(); ++i) {
    bound += std::ldexp(answer.bound[i], answer.truth[i].ulp_exponent - exponent);
    if (c.operation == Operation::softmax_backward_from_output)
      unknown += std::ldexp(1.0, answer.truth[i].ulp_exponent - exponent - resolution - 1);
  }
  const double difference = (computed.high - exact.high) + (computed.low - exact.low);
  const double size = std::ldexp(std::fabs(difference), -exponent);
  const double n = static_cast<double>(answer.y.size());
  unknown += std::ldexp((computed.magnitude + exact.magnitude) * n * 0x1p-104, -exponent) + size * 0x1p-50;
  if (!std::isfinite(size)) {
    worst.consider(beyond_counting, 0, std::nullopt, 0, computed.high);
    return worst.finding();
  }
  if (std::isfinite(bound))
    worst.consider({std::max(0.0, size - unknown), size + unknown}, bound * (1 + 0x1p-40), std::nullopt, exact.high,
                   computed.high);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property sums_to_zero{
    .name = "sums_to_zero",
    .statement = "sum_i dx_i = 0; from the output (sum_k y_k g_k)(1 - sum_k y_k); within the sum of the bounds",
    .source = "properties/README.md#gradients",
    .needs = "finite gradients (--dy)",
    .means =
        "Gradients of the logits do not add up to zero: every step moves all logits together, a drift that is not in the loss.",
    .least_cases = 20,
    .operations = {Operation::softmax_backward, Operation::softmax_backward_from_output},
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
