// Law      log-sum-exp of a row is log-sum-exp of the log-sum-exps of its parts.
// Source   properties/README.md, "Parts". What the subject gave for the parts are two numbers; the oracle knows their exact log-sum-exp, and
//          that moves by no more than the larger of their errors.
// Basis    theorem.
// Needs    two parts (the first `number` elements and the rest), each with a finite logit.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  if (c.x.size() < 2) c.x.push_back(c.x[0]);
  c.number = 1 + random.below(c.x.size() - 1);
}

bool admits(const Case& c) {
  return is_ordinary(c) && c.number >= 1 && c.number < c.x.size() && has_truth(std::span(c.x).first(c.number), c.scale) &&
         has_truth(std::span(c.x).subspan(c.number), c.scale);
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::span<const double> x(c.x);
  const Answered whole = answered(subject, question_of(c), oracle, resolution);
  const Answered first = answered(subject, question_of(c, x.first(c.number), c.dy, c.scale), oracle, resolution);
  const Answered second = answered(subject, question_of(c, x.subspan(c.number), c.dy, c.scale), oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  const double parts[] = {first.y[0], second.y[0]};
  if (std::isnan(whole.y[0]) || std::isnan(parts[0]) || std::isnan(parts[1])) {
    worst.consider_not_a_number(0, 0, whole.truth[0].nearest);
    return worst.finding();
  }
  if (!std::isfinite(whole.truth[0].nearest) || !std::isfinite(parts[0]) || !std::isfinite(parts[1])) return worst.finding();
  const Truth merged = truths(oracle, Problem{Operation::log_sum_exp, c.format, 1, 2, parts}, resolution)[0];
  const int exponent = whole.truth[0].ulp_exponent;
  const double errors_of_parts = std::max(std::ldexp(first.bound[0], first.truth[0].ulp_exponent - exponent),
                                          std::ldexp(second.bound[0], second.truth[0].ulp_exponent - exponent));
  const UlpError error = ulp_error(whole.y[0], merged, c.format, resolution);
  const double to_whole = std::ldexp(1.0, merged.ulp_exponent - exponent);
  worst.consider(absolute({error.value * to_whole, error.half_width * to_whole}),
                 (whole.bound[0] + errors_of_parts) * (1 + 0x1p-50), 0, merged.nearest, whole.y[0]);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property merges_parts{
    .name = "merges_parts",
    .statement = "lse(x) = lse(lse(x_A), lse(x_B)) within B(x) + max(B(x_A), B(x_B))",
    .source = "properties/README.md#parts",
    .needs = "two parts, the first --number elements and the rest, each with a finite logit",
    .means =
        "Log-sum-exp of the parts does not give that of the whole: splitting a row among blocks or devices changes the result.",
    .least_cases = 20,
    .operations = {Operation::log_sum_exp},
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
