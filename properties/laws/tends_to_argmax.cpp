// Law      T -> 0 (scale = 1/T -> infinity): all mass goes to the largest logit and splits evenly among its ties:
//          y_i -> 1/k for the k largest, 0 for the rest.
// Source   properties/README.md, "Temperature to zero". Once every other element underflows, the sum is a sum of k ones: exact
//          for k <= 2^p, so 1/k is rounded once; else B1 around 1/k.
// Basis    theorem.
// Needs    scale x finite and every gap to the largest at least log(1/lambda) + 3 after scaling. The scale is a power of two,
//          so the limit is reached without rounding.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

double required_gap(Format format) {
  const Format arithmetic = format == Format::f64 ? Format::f64 : Format::f32;
  return -std::log(smallest_subnormal(arithmetic)) + 3;
}

// Between scaled logits: the logits' own difference may overflow where theirs is small.
double smallest_gap(const Case& c) {
  const double largest = c.x[largest_index(c.x, c.scale)];
  double gap = std::numeric_limits<double>::infinity();
  for (const double value : c.x)
    if (value != largest) gap = std::min(gap, std::fabs(c.scale * largest - c.scale * value));
  return gap;
}

void arrange(Case& c, Random& random, std::size_t) {
  c.scale = 1;
  if (!is_ordinary(c)) return;
  // One more tie at the top in half of the cases: "split evenly" is the interesting part.
  if (c.x.size() > 1 && random.one_in(2)) c.x[random.below(c.x.size())] = c.x[largest_index(c.x, 1)];
  const double gap = smallest_gap(c);
  const double wanted = std::isfinite(gap) ? required_gap(c.format) / gap : 1;
  if (!std::isfinite(wanted)) return; // a gap so small that no scale reaches the limit
  const int exponent = std::ilogb(wanted) + 1;
  const double scale = std::ldexp(1.0, exponent + static_cast<int>(random.below(3)));
  if (is_representable(c.format, scale) && std::isfinite(scale) && scale > 0) c.scale = scale;
}

bool admits(const Case& c) {
  if (!is_ordinary(c) || c.x.size() < 2 || c.scale <= 0) return false;
  const bool exact = std::all_of(c.x.begin(), c.x.end(), [&c](double value) {
    return !std::isfinite(value) ||
           (is_representable(c.format, c.scale * value) && std::fma(c.scale, value, -(c.scale * value)) == 0);
  });
  return exact && smallest_gap(c) >= required_gap(c.format);
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const double largest = c.x[largest_index(c.x, c.scale)];
  const auto ties = static_cast<double>(std::count(c.x.begin(), c.x.end(), largest));
  const Format arithmetic = arithmetic_of(subject.claim, c.format);
  const double u_of_sum = unit_roundoff(subject.claim.accumulator.value_or(arithmetic));
  const double lambda = smallest_subnormal(c.format);
  // The masses of the rest, all below lambda / 8, in sum and result.
  const double rest = static_cast<double>(c.x.size()) * (subject.claim.exponential_ulp + 1) * smallest_subnormal(arithmetic);
  // Fused exponents are not exactly 0 at the largest logit, so its exponential is not exactly 1.
  const bool sum_is_exact = subject.claim.exponential_of_zero_is_one && subject.claim.form != ExponentialForm::base_two_fused &&
                            subject.claim.division == Division::divide && arithmetic == c.format && ties <= 1 / u_of_sum;
  const double rest_bound = (subject.claim.exponential_ulp + 1.5) * std::max(1.0, smallest_subnormal(arithmetic) / lambda);
  // An arithmetic narrower than the logits may round the gap away: then B1 knows, and it alone bounds the rest.
  const bool gap_may_vanish = unit_roundoff(arithmetic) > unit_roundoff(c.format);
  const std::vector<Truth> truth = truths(oracle, question_of(c), resolution);
  const SoftmaxBounds bounds = softmax_bounds_of(subject, c, truth);
  const std::size_t top_index = largest_index(c.x, c.scale);
  const double bound_of_share = std::ldexp(bounds.ulp[top_index], truth[top_index].ulp_exponent);
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  const double ulp_of_share = ulp(c.format, 1 / ties);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const bool top = c.x[i] == largest;
    const double bound = !top           ? rest_bound + (gap_may_vanish ? bounds.ulp[i] : 0)
                         : sum_is_exact ? 0.5 + rest / ulp_of_share
                                        : (bound_of_share + rest) / ulp_of_share;
    if (std::isnan(y[i])) {
      worst.consider_not_a_number(std::isinf(bound) ? 0 : bound, i, top ? 1 / ties : 0);
    } else if (top && !std::isinf(bound)) {
      // y k - 1 with one rounding; divided by k it is the distance to 1/k.
      const double distance = std::fabs(std::fma(y[i], ties, -1.0)) / ties / ulp_of_share;
      worst.consider({distance * (1 - 0x1p-50), distance * (1 + 0x1p-50)}, bound * (1 + 0x1p-40), i,
                     round_to(c.format, 1 / ties), y[i]);
    } else if (!top && !std::isinf(bound)) {
      worst.consider(exact_but_one_rounding(std::fabs(y[i]) / lambda), std::isfinite(c.x[i]) ? bound : 0, i, 0, y[i]);
    }
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property tends_to_argmax{
    .name = "tends_to_argmax",
    .statement = "T -> 0: y_i -> 1/k for the k largest logits, 0 for the rest",
    .source = "properties/README.md#temperature-to-zero",
    .needs = "two logits or more and a scale (--scale) so large that every gap to the largest exceeds log(1/lambda) + 3",
    .means = "At a temperature near zero the result is not the choice of the largest logit: greedy decoding by a small "
             "temperature fails or gives NaN.",
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
