// Law      the gradient with respect to the logits sums to zero: sum_i p_i (g_i - sum_k p_k g_k) = 0. From the output y instead of the logits the
//          sum is (sum_k y_k g_k)(1 - sum_k y_k), which is not 0 for a y that was rounded.
// Source   properties/README.md, "Gradients": the exact results have that sum, and each computed one lies within its own bound.
// Basis    theorem.
// Needs    finite gradients; from the output, a y that a forward pass may give: every element in [0, 1]. Rows on which an exact result overflows
//          the format, or may as far as the class goes, have no sum: nothing is compared there.
// Measure  |sum of the results - exact sum| in ulp of the largest gradient, exact or computed; sums by TwoSum.
#include "properties/error_model.hpp"
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
  const std::size_t n = answer.y.size();
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  int exponent = smallest_subnormal_exponent(c.format);
  bool overflows = false;
  for (std::size_t i = 0; i < n; ++i) {
    const Truth& truth = answer.truth[i];
    const double y = answer.y[i];
    if (std::isnan(y)) {
      worst.consider_not_a_number(0, i, truth.nearest);
      return worst.finding();
    }
    if (std::isinf(truth.nearest)) {
      overflows = true;
    } else if (std::isinf(y)) {
      overflows = true;
      if (absolute(ulp_error(y, truth, c.format, resolution)).low > answer.bound[i]) {
        worst.consider(beyond_counting, 0, i, truth.nearest, y);
        return worst.finding();
      }
    }
    exponent = std::max({exponent, truth.ulp_exponent, ulp_exponent(c.format, y)});
  }
  if (overflows) return worst.finding();
  // All in units of 2^exponent, so that sums of binary64 do not overflow where their terms do not.
  double bound = 0, unknown = 0;
  Sum computed, exact;
  for (std::size_t i = 0; i < n; ++i) {
    const Truth& truth = answer.truth[i];
    computed.add(std::ldexp(answer.y[i], -exponent));
    bound += std::ldexp(answer.bound[i], truth.ulp_exponent - exponent);
    // The exact results' own sum, from the truths: 0 for softmax_backward.
    if (c.operation != Operation::softmax_backward_from_output) continue;
    exact.add(std::ldexp(truth.nearest, -exponent));
    exact.add(std::ldexp(truth.tail, truth.ulp_exponent - exponent));
    if (!truth.exact || truth.tail != 0) unknown += std::ldexp(1.0, truth.ulp_exponent - exponent - resolution - 1);
  }
  const double size = std::fabs((computed.high - exact.high) + (computed.low - exact.low)), length = static_cast<double>(n);
  unknown += (computed.magnitude + exact.magnitude) * length * 0x1p-104 + size * 0x1p-50;
  if (exponent > 0) unknown += length * 0x1p-1072; // what is smaller by 2^1074 was rounded above
  if (std::isfinite(bound))
    worst.consider({std::max(0.0, size - unknown), size + unknown}, rounded_up(bound, n), std::nullopt,
                   std::ldexp(exact.high, exponent), std::ldexp(computed.high, exponent));
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property sums_to_zero{
    .name = "sums_to_zero",
    .statement = "sum_i dx_i = 0; from the output (sum_k y_k g_k)(1 - sum_k y_k); within the sum of the bounds",
    .source = "properties/README.md#gradients",
    .needs = "finite gradients (--dy), results that do not overflow",
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
