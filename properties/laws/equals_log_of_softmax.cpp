// Law      log-softmax is the logarithm of softmax, wherever that is a normal number.
// Source   properties/README.md, "Relatives": z = log p within its bound, y = p (1 + r) with |r| bounded by B1, so |z - log y| <= B + -log(1 - r).
// Basis    theorem.
// Needs    a subject that offers both operations; an element whose share is a normal number.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Answered logarithm = answered(subject, question_of(c), oracle, resolution);
  Problem of_shares = question_of(c);
  of_shares.operation = Operation::softmax;
  const Answered share = answered(subject, of_shares, oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  for (std::size_t i = 0; i < c.x.size(); ++i) {
    if (!std::isfinite(c.x[i]) || share.truth[i].nearest < smallest_normal(c.format)) continue;
    const double p = value_of(share.truth[i]);
    const double relative = std::ldexp(share.bound[i], share.truth[i].ulp_exponent) / p * (1 + 0x1p-8);
    if (!(relative < 1) || !std::isfinite(logarithm.bound[i])) continue;
    if (std::isnan(logarithm.y[i]) || std::isnan(share.y[i])) {
      worst.consider_not_a_number(0, i, logarithm.truth[i].nearest);
      continue;
    }
    const int exponent = logarithm.truth[i].ulp_exponent;
    const double bound = logarithm.bound[i] - std::ldexp(std::log1p(-relative), -exponent);
    // In extended precision where there is one: an error of the logarithm far below the bound, counted in full.
    const long double exact = std::log(static_cast<long double>(share.y[i]));
    const auto difference = static_cast<double>(static_cast<long double>(logarithm.y[i]) - exact);
    const double unknown =
        static_cast<double>(std::fabs(exact)) * static_cast<double>(std::numeric_limits<long double>::epsilon()) * 2;
    const double size = std::ldexp(std::fabs(difference), -exponent), width = std::ldexp(unknown, -exponent) + size * 0x1p-50;
    if (!std::isfinite(size)) { // one of them is infinite where the other is a normal share
      worst.consider(beyond_counting, 0, i, static_cast<double>(exact), logarithm.y[i]);
      continue;
    }
    worst.consider({std::max(0.0, size - width), size + width}, bound * (1 + 0x1p-40), i, static_cast<double>(exact),
                   logarithm.y[i]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property equals_log_of_softmax{
    .name = "equals_log_of_softmax",
    .statement = "|log-softmax(x)_i - log softmax(x)_i| <= B_i - log(1 - B1_i / p_i)",
    .source = "properties/README.md#relatives",
    .needs = "an element whose share is a normal number",
    .means = "The logarithms and the probabilities of the same library tell different stories: a loss computed from one and a "
             "metric computed from the other disagree.",
    .least_cases = 20,
    .operations = {Operation::log_softmax},
    .also_asks = Operation::softmax,
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
