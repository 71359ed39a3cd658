// Law      softmax of a row, divided by the sum over a part of it, is softmax of that part: y_i / sum_{j in A} y_j = softmax(x_A)_i. It is
//          how partial results of two blocks are merged.
// Source   properties/README.md, "Parts": p_i = P q_i for the truths; results, their sum and the part's results lie within their bounds.
// Basis    theorem.
// Needs    a part (its first `number` elements) with an element that is not negligible in the row.
// Measure  |y_i - s softmax(x_A)_i| in ulp of p_i, s the exact sum of y over A.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  if (c.x.size() < 2) c.x.push_back(c.x[0]);
  c.number = 1 + random.below(c.x.size() - 1);
}

bool admits(const Case& c) {
  return is_ordinary(c) && c.number >= 1 && c.number < c.x.size() && has_truth(std::span(c.x).first(c.number), c.scale);
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Answered whole = answered(subject, question_of(c), oracle, resolution);
  const std::vector<double> part(c.x.begin(), c.x.begin() + static_cast<std::ptrdiff_t>(c.number));
  const Answered alone = answered(subject, question_of(c, part, c.dy, c.scale), oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  double sum = 0, lost = 0, error_of_sum = 0;
  for (std::size_t i = 0; i < c.number; ++i) {
    if (std::isnan(whole.y[i]) || std::isnan(alone.y[i])) {
      worst.consider_not_a_number(0, i, whole.truth[i].nearest);
      return worst.finding();
    }
    if (std::isinf(whole.y[i]) || std::isinf(alone.y[i])) {
      worst.consider(beyond_counting, 0, i, whole.truth[i].nearest, whole.y[i]);
      return worst.finding();
    }
    const double next = sum + whole.y[i], added = next - sum;
    lost += (sum - (next - added)) + (whole.y[i] - added);
    sum = next;
    error_of_sum += std::ldexp(whole.bound[i], whole.truth[i].ulp_exponent);
  }
  if (!std::isfinite(error_of_sum)) return worst.finding();
  for (std::size_t i = 0; i < c.number; ++i) {
    if (!std::isfinite(c.x[i])) continue;
    const int exponent = whole.truth[i].ulp_exponent;
    const double share = magnitude_of(alone.truth[i]);
    // y_i lies within its bound of p_i = P q_i; s within error_of_sum of P; the part's result within its bound of q_i.
    const double bound =
        whole.bound[i] +
        std::ldexp(error_of_sum * (share + std::ldexp(alone.bound[i], alone.truth[i].ulp_exponent)), -exponent) +
        std::ldexp(alone.bound[i], alone.truth[i].ulp_exponent - exponent) * std::min(1.0, sum + error_of_sum);
    if (!std::isfinite(bound)) continue;
    const double product = sum * alone.y[i], product_low = std::fma(sum, alone.y[i], -product);
    const double difference = (whole.y[i] - product) - (product_low + lost * alone.y[i]);
    const double size = std::ldexp(std::fabs(difference), -exponent);
    const double unknown = size * 0x1p-50 + std::ldexp(std::ldexp(product, -50) * 0x1p-50, -exponent) + 0x1p-30;
    worst.consider({std::max(0.0, size - unknown), size + unknown}, bound * (1 + 0x1p-40), i, product, whole.y[i]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property restricts_to_parts{
    .name = "restricts_to_parts",
    .statement = "y_i = s softmax(x_A)_i for i in A, s = sum of y over A, within the bounds of both",
    .source = "properties/README.md#parts",
    .needs = "a part of the row, its first --number elements, with a finite logit",
    .means = "The probabilities within a part of the row are not those of that part by itself: hierarchical, blocked or top-k "
             "softmax disagrees with the whole.",
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
