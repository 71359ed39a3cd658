#include "properties/property.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::array resolutions{default_resolution, 24, finest_resolution};

} // namespace

double ratio(Measured measured, double bound) {
  if (measured.low <= 0) return 0;
  return bound == 0 ? infinity : measured.low / bound;
}

// Until something is compared, anything is allowed: `judge` calls that vacuous.
WorstFinding::WorstFinding(Basis basis, std::string because) { worst_.bound = {infinity, basis, std::move(because)}; }

WorstFinding::WorstFinding(const Case& c, Basis basis, std::string because)
    : WorstFinding(c.limit ? Basis::policy : basis, c.limit ? std::string("the limit that was given") : std::move(because)) {
  limit_ = c.limit;
}

Outcome decide(Measured measured, double bound) {
  if (measured.high <= bound) return Outcome::holds;
  return measured.low > bound ? Outcome::broken : Outcome::undecided;
}

void WorstFinding::consider(Measured measured, double bound, std::optional<std::size_t> at, double want, double got) {
  if (std::isnan(bound) || bound < 0 || std::isnan(measured.low) || std::isnan(measured.high))
    throw std::logic_error("a law compared something that is not a number: a mistake of this program");
  bound = limit_.value_or(bound);
  // high decides which one is nearest, so that a comparison which is still open is not hidden behind a smaller, closed one.
  const double r = measured.high <= 0 ? 0 : bound == 0 ? infinity : measured.high / bound;
  if (!(r > worst_ratio_)) return;
  worst_ratio_ = r;
  worst_.measured = measured;
  worst_.bound.value = bound;
  worst_.at = at;
  worst_.want = want;
  worst_.got = got;
}

void WorstFinding::consider_not_a_number(double bound, std::size_t at, double want) {
  consider({infinity, infinity}, bound, at, want, std::numeric_limits<double>::quiet_NaN());
}

Judgement judge(const Property& property, const Subject& subject, const Case& c, const Oracle& oracle) {
  Judgement judgement;
  try {
    for (const int resolution : resolutions) {
      judgement.finding = property.measure(subject, c, oracle, resolution);
      const Bound& bound = judgement.finding.bound;
      if (std::isinf(bound.value)) {
        judgement.outcome = Outcome::vacuous;
        return judgement;
      }
      judgement.outcome = decide(judgement.finding.measured, bound.value);
      if (judgement.outcome != Outcome::undecided) return judgement;
    }
  } catch (const Undecided& undecided) {
    judgement.outcome = Outcome::undecided;
    judgement.incident = undecided.what();
  } catch (const Incident& incident) {
    // Which deed it was is the matter of one law of isolation; the others go on with another row.
    if (property.isolation && incident.deed) {
      judgement.outcome = Outcome::skipped;
      judgement.incident = incident.what();
      return judgement;
    }
    switch (incident.kind) {
      case Incident::Kind::timed_out: judgement.outcome = Outcome::timed_out; break;
      case Incident::Kind::refused: judgement.outcome = Outcome::skipped; break; // it said that it cannot, which is honest
      case Incident::Kind::crashed: judgement.outcome = Outcome::crashed; break;
    }
    judgement.incident = incident.what();
  }
  return judgement;
}

} // namespace softmax_audit
