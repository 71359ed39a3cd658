#include "oracles/registry.hpp"
#include "properties/property.hpp"
#include "scripts/catch.hpp"

#include <cmath>
#include <limits>

using namespace softmax_audit;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Measures 1 with an uncertainty that halves with every bit of resolution, against the bound in Case::shift.
Finding one_within_resolution(const Subject&, const Case& c, const Oracle&, int resolution) {
  const double half_width = std::ldexp(1.0, -resolution);
  return {{1 - half_width, 1 + half_width}, {c.shift, Basis::theorem, ""}, std::nullopt, 0, 0};
}

Outcome outcome(double bound) {
  Property property{};
  property.measure = &one_within_resolution;
  Case c;
  c.shift = bound;
  return judge(property, {}, c, default_oracle()).outcome;
}

Outcome outcome_of_incident(Incident::Kind kind) {
  static Incident::Kind thrown;
  thrown = kind;
  Property property{};
  property.measure = [](const Subject&, const Case&, const Oracle&, int) -> Finding { throw Incident(thrown, "it died"); };
  return judge(property, {}, {}, default_oracle()).outcome;
}

} // namespace

TEST_CASE("judge / holds and breaks where the interval is on one side") {
  REQUIRE(outcome(2) == Outcome::holds);
  REQUIRE(outcome(0.5) == Outcome::broken);
  REQUIRE(outcome(0) == Outcome::broken);
}

TEST_CASE("judge / raises the resolution until one of them is true") {
  REQUIRE(outcome(1 + 0x1p-20) == Outcome::holds);
  REQUIRE(outcome(1 - 0x1p-20) == Outcome::broken);
  REQUIRE(outcome(1) == Outcome::undecided);
}

TEST_CASE("judge / a bound that allows anything makes a case vacuous, never a pass") {
  REQUIRE(outcome(infinity) == Outcome::vacuous);
}

TEST_CASE("judge / incidents are outcomes") {
  REQUIRE(outcome_of_incident(Incident::Kind::crashed) == Outcome::crashed);
  REQUIRE(outcome_of_incident(Incident::Kind::timed_out) == Outcome::timed_out);
  REQUIRE(outcome_of_incident(Incident::Kind::refused) == Outcome::skipped);
}

TEST_CASE("WorstFinding / keeps the comparison nearest to breaking, and NaN breaks everything") {
  WorstFinding worst(Basis::theorem, "");
  worst.consider({1, 1}, 4, 0, 0, 0);
  worst.consider({1, 1}, 2, 1, 0, 0);
  worst.consider({3, 3}, 9, 2, 0, 0);
  REQUIRE(worst.finding().at == 1u);
  worst.consider_not_a_number(5, 3, 0.25);
  REQUIRE(worst.finding().at == 3u);
  REQUIRE(worst.finding().measured.low > worst.finding().bound.value);
  REQUIRE_THROWS_AS(worst.consider({1, 1}, std::nan(""), 0, 0, 0), std::logic_error);
  REQUIRE(std::isinf(WorstFinding(Basis::theorem, "").finding().bound.value)); // nothing compared is nothing held
  // 0 measured against a bound of 0 holds.
  WorstFinding zero(Basis::theorem, "");
  zero.consider({0, 0}, 0, 0, 0, 0);
  REQUIRE(zero.finding().measured.high <= zero.finding().bound.value);
}
