// Law      results below the normal range are kept (gradual), or, where the claim says flushed, kept or zero; never anything else, and never
//          the smallest normal number instead.
// Source   properties/README.md, "Subnormals".
// Basis    theorem for the declared class; bound 0 results that are neither within B1 (gradual) nor, where declared, zero.
// Needs    a finite logit whose share is positive and below the smallest normal number.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

// How far below the maximum a share of the format is subnormal, and how far it vanishes.
double distance_of(Format format, double share) { return -std::log(share * smallest_normal(format)); }

void arrange(Case& c, Random& random, std::size_t) {
  if (c.x.size() < 2) c.x.push_back(c.x[0]);
  const std::size_t leader = random.below(c.x.size());
  const double top = std::clamp(std::isfinite(c.x[leader]) ? c.x[leader] : 0.0, -8.0, 8.0);
  c.scale = 1;
  c.x[leader] = round_to(c.format, top);
  const double deepest = -std::log(smallest_subnormal(c.format)) + 2;
  for (std::size_t i = 0; i < c.x.size(); ++i) {
    if (i == leader || (random.one_in(3) && i + 1 != c.x.size())) continue;
    const double nearest = distance_of(c.format, 1);
    c.x[i] = round_to(c.format, top - (nearest - 1 + (deepest - nearest + 1) * random.unit()));
  }
}

bool admits(const Case& c) {
  if (!is_ordinary(c)) return false;
  const double largest = c.scale * c.x[largest_index(c.x, c.scale)];
  const double least = distance_of(c.format, 1), most = -std::log(smallest_subnormal(c.format)) + 4;
  return std::any_of(c.x.begin(), c.x.end(), [&](double value) {
    const double below = largest - c.scale * value;
    return below > least && below < most;
  });
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  Claim gradual = subject.claim;
  gradual.subnormals = Subnormals::gradual;
  const bool may_flush = subject.claim.subnormals == Subnormals::flushed;
  const std::vector<Truth> truth = truths(oracle, question_of(c), resolution);
  const std::vector<double> bound = error_bounds(gradual, question_of(c), truth, oracle);
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::theorem, may_flush ? "zero or within B1: flushed, as claimed" : assumptions_of(subject, c));
  double wrong = 0, open = 0;
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const bool subnormal = std::isfinite(c.x[i]) && std::fabs(truth[i].nearest) < smallest_normal(c.format);
    if (!subnormal || std::isinf(bound[i]) || (may_flush && y[i] == 0)) continue;
    const Measured error = std::isnan(y[i]) ? beyond_counting : absolute(ulp_error(y[i], truth[i], c.format, resolution));
    if (error.high <= bound[i]) continue;
    if (error.low > bound[i]) ++wrong;
    ++open;
    if (!first) first = i;
  }
  worst.consider({wrong, open}, 0, first, first ? truth[*first].nearest : 0, first ? y[*first] : 0);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property treats_subnormals{
    .name = "treats_subnormals",
    .statement = "p_i below the normal range: y_i within B1, or 0 where the claim says subnormals=flushed",
    .source = "properties/README.md#subnormals",
    .needs = "a logit whose share lies below the normal range",
    .means = "Probabilities below the normal range are neither kept nor flushed as declared: very rare events are lost or "
             "wrong, and their logarithms become infinite.",
    .unit = Unit::elements,
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
