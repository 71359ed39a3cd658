// Rows at the ends of the formats: exact zeros, and what overflows or need not.
#include "impl/registry.hpp"
#include "oracles/registry.hpp"
#include "properties/campaigns/check.hpp"
#include "scripts/catch.hpp"

#include <limits>

using namespace softmax_audit;

namespace {

const Property& property_named(std::string_view name) {
  for (const Property* property : all_properties())
    if (property->name == name) return *property;
  throw std::logic_error("there is no law " + std::string(name));
}

Outcome outcome_of(std::string_view law, const Subject& subject, Format format, std::vector<double> y, std::vector<double> dy,
                   const Oracle& oracle, Operation operation = Operation::softmax_backward_from_output) {
  Case c;
  c.x = std::move(y);
  c.dy = std::move(dy);
  CheckOptions options;
  options.only = std::move(c);
  return check(property_named(law), subject, operation, format, options, oracle).outcome;
}

Subject subject_named(std::string_view name) {
  for (const Implementation* implementation : all_implementations())
    if (implementation->name == name) return subjects_of(*implementation)[0];
  throw std::logic_error("there is no implementation " + std::string(name));
}

} // namespace

TEST_CASE("sums_to_zero / outputs of zero have a sum of exactly zero, which every oracle decides") {
  const Subject shifted = subject_named("shifted");
  Subject wrong = shifted;
  wrong.run = [](const Problem& problem) { return std::vector<double>(problem.x.size(), 0x1p-149); };
  for (const Oracle* oracle : all_oracles()) {
    REQUIRE(outcome_of("sums_to_zero", shifted, Format::f32, {0, 0, 0}, {1, 2, 3}, *oracle) == Outcome::holds);
    REQUIRE(outcome_of("sums_to_zero", shifted, Format::f32, {0}, {0.5}, *oracle) == Outcome::holds);
    REQUIRE(outcome_of("sums_to_zero", wrong, Format::f32, {0, 0, 0}, {1, 2, 3}, *oracle) == Outcome::broken);
  }
}

TEST_CASE("sums_to_zero / what overflows has no sum, what need not overflow is no excuse") {
  const std::vector<double> ones(3, 1.0), large(3, 60000.0);
  for (const std::string_view name : {"shifted", "double_inside", "pairwise", "kahan", "log1p_form"})
    REQUIRE(outcome_of("sums_to_zero", subject_named(name), Format::f16, ones, large, default_oracle()) == Outcome::vacuous);
  Subject infinite = subject_named("shifted");
  infinite.run = [](const Problem& problem) {
    return std::vector<double>(problem.x.size(), std::numeric_limits<double>::infinity());
  };
  REQUIRE(outcome_of("sums_to_zero", infinite, Format::f16, {0.5, 0.5}, {1, 2}, default_oracle()) == Outcome::broken);
}

TEST_CASE("sums_to_zero / a sum that overflows where its terms do not is taken all the same") {
  const std::vector<double> ones(10, 1.0), large(10, 0x1p+1020);
  REQUIRE(outcome_of("sums_to_zero", subject_named("shifted"), Format::f64, ones, large, default_oracle()) == Outcome::holds);
}

TEST_CASE("laws / numbers that no forward pass gives are no output") {
  for (const std::string_view law : {"sums_to_zero", "raises_no_flags", "is_accurate"})
    REQUIRE(outcome_of(law, subject_named("shifted"), Format::f16, {0x1.d6p+12, 0x1.d6p+12}, {-0x1.7dp+4, 0x1.ec4p+4},
                       default_oracle()) == Outcome::vacuous);
}

TEST_CASE("tends_to_argmax / a difference of logits may overflow that is small once scaled") {
  Case c;
  c.format = Format::f64;
  c.x = {-0x1.fffffffffffffp+1023, 0x1.c6d12d072bbe2p+1023};
  c.scale = 0x1p-1024;
  REQUIRE_FALSE(property_named("tends_to_argmax").admits(c));
  c.scale = 1;
  REQUIRE(property_named("tends_to_argmax").admits(c));
}

// Honest members of classes that are poor on purpose: a law with bound 0 that breaks them would forget one of its conditions.
TEST_CASE("bound 0 / gradients that the arithmetic cannot hold are no ties") {
  Subject half = subject_named("shifted");
  half.claim.arithmetic = Format::f16;
  const auto rounded = [](double value) { return round_to(Format::f16, value); };
  half.run = [rounded](const Problem& problem) {
    const double first = rounded(problem.dy[0]), second = rounded(problem.dy[1]);
    const double mean = rounded(rounded(first / 2) + rounded(second / 2));
    return std::vector<double>{rounded(rounded(first - mean) / 2), rounded(rounded(second - mean) / 2)};
  };
  REQUIRE(outcome_of("rounds_ties_to_even", half, Format::f32, {0.5, 0.5}, {2049, 2047}, default_oracle()) == Outcome::holds);
  REQUIRE(outcome_of("rounds_ties_to_even", half, Format::f32, {0.5, 0.5}, {2046, 1024}, default_oracle()) == Outcome::holds);
  Subject wrong = half;
  wrong.run = [](const Problem&) { return std::vector<double>{256, -255.5}; };
  REQUIRE(outcome_of("rounds_ties_to_even", wrong, Format::f32, {0.5, 0.5}, {2046, 1024}, default_oracle()) == Outcome::broken);
}

TEST_CASE("bound 0 / a logarithm that may err by more than all of itself may be negative") {
  Subject poor = subject_named("shifted");
  poor.claim.arithmetic = Format::f16;
  poor.claim.logarithm_ulp = 1600;
  const auto answers = [&poor](double y) {
    poor.run = [y](const Problem& problem) {
      return std::vector<double>(problem.operation == Operation::log_sum_exp ? 1 : 2, y);
    };
  };
  answers(0.25); // log 2 as -0.25
  REQUIRE(outcome_of("has_no_positive_logarithm", poor, Format::f32, {0, 0}, {}, default_oracle(), Operation::log_softmax) ==
          Outcome::holds);
  answers(-0.25);
  REQUIRE(outcome_of("lies_within_log_n_of_maximum", poor, Format::f32, {0, 0}, {}, default_oracle(), Operation::log_sum_exp) ==
          Outcome::holds);
  poor.claim.logarithm_ulp = 100;
  REQUIRE(outcome_of("lies_within_log_n_of_maximum", poor, Format::f32, {0, 0}, {}, default_oracle(), Operation::log_sum_exp) ==
          Outcome::broken);
  answers(0.25);
  REQUIRE(outcome_of("has_no_positive_logarithm", poor, Format::f32, {0, 0}, {}, default_oracle(), Operation::log_softmax) ==
          Outcome::broken);
}

TEST_CASE("bound 0 / of rescaled sums with a poor exponential nothing is said") {
  Subject poor = subject_named("shifted");
  poor.run = [](const Problem& problem) { return std::vector<double>(problem.x.size(), std::nextafter(1.0, 2.0)); };
  const auto judged = [&] {
    return outcome_of("lies_in_unit_interval", poor, Format::f64, {0, 0}, {}, default_oracle(), Operation::softmax);
  };
  REQUIRE(judged() == Outcome::broken);
  poor.claim.rescaling = Rescaling::online;
  REQUIRE(judged() == Outcome::broken);
  poor.claim.arithmetic = Format::bf16;
  poor.claim.exponential_ulp = 16;
  REQUIRE(judged() == Outcome::broken);
  poor.claim.exponential_ulp = 33;
  REQUIRE(judged() == Outcome::vacuous);
}
