// Law      every logit twice: every share halves. softmax(x, x)_i = softmax(x)_i / 2.
// Source   properties/README.md, "Duplication": the truth halves exactly, and each run lies within its own B1.
// Basis    theorem. Bits do change in sound code: the sum is another.
// Needs    an ordinary row.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::size_t n = c.x.size();
  std::vector<double> twice = c.x;
  twice.insert(twice.end(), c.x.begin(), c.x.end());
  if (!covers(subject.claim, question_of(c, twice, c.dy, c.scale)))
    return WorstFinding(c, Basis::theorem, assumptions_of(subject, c)).finding(); // vacuous
  const Answered once = answered(subject, question_of(c), oracle, resolution);
  const Answered doubled = answered(subject, question_of(c, twice, c.dy, c.scale), oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  for (std::size_t k = 0; k < 2 * n; ++k) {
    const std::size_t i = k % n;
    const int exponent = once.truth[i].ulp_exponent;
    const double bound = once.bound[i] + std::ldexp(doubled.bound[k], doubled.truth[k].ulp_exponent + 1 - exponent);
    if (std::isnan(once.y[i]) || std::isnan(doubled.y[k]))
      worst.consider_not_a_number(0, i, once.truth[i].nearest);
    else if (!std::isinf(bound))
      worst.consider(distance(2 * doubled.y[k], once.y[i], exponent), bound * (1 + 0x1p-50), i, once.y[i] / 2, doubled.y[k]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property halves_under_duplication{
    .name = "halves_under_duplication",
    .statement = "|2 softmax(x, x)_i - softmax(x)_i| <= B1(x)_i + 2 B1(x, x)_i",
    .source = "properties/README.md#duplication",
    .needs = "scale * x finite or -inf, and some of it finite",
    .means = "Showing every candidate twice does not halve the probabilities: the sum is lost or gained as rows get longer, so "
             "padded or repeated inputs change the answer.",
    .least_cases = 20,
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
