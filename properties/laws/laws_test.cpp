// Every law is seen failing on a planted fault and holding on sound code; what it takes to show that is small and quick.
#include "impl/foreign/worker.hpp"
#include "impl/registry.hpp"
#include "oracles/registry.hpp"
#include "properties/bounds.hpp"
#include "properties/campaigns/kills.hpp"
#include "properties/inputs/cases.hpp"
#include "properties/inputs/corpus.hpp"
#include "properties/inputs/shrink.hpp"
#include "scripts/catch.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>

using namespace softmax_audit;

namespace {

const Property& property_named(std::string_view name) {
  for (const Property* property : all_properties())
    if (property->name == name) return *property;
  throw std::logic_error("there is no law " + std::string(name));
}

const Implementation& implementation_named(std::string_view name) {
  for (const auto& entries : {all_implementations(), all_faults()})
    for (const Implementation* implementation : entries)
      if (implementation->name == name) return *implementation;
  throw std::logic_error("there is no implementation " + std::string(name));
}

// The first verdict on a fault that says broken.
std::optional<std::pair<Verdict, Subject>> broken(const Implementation& fault, const Property& property,
                                                  const CheckOptions& options = {}) {
  for (const Subject& subject : watched_subjects_of(fault, runner_beside_program()))
    for (const Offer& offer : subject.offers) {
      if (!applies(property, subject, offer.operation, offer.format)) continue;
      Verdict verdict = check(property, subject, offer.operation, offer.format, options, default_oracle());
      if (verdict.outcome == Outcome::broken) return std::pair{std::move(verdict), subject};
    }
  return std::nullopt;
}

} // namespace

TEST_CASE("laws / every law has a name, a statement, a proof, a precondition and a least number of cases") {
  std::set<std::string_view> names;
  for (const Property* property : all_properties()) {
    INFO(std::string(property->name));
    REQUIRE(names.insert(property->name).second);
    REQUIRE_FALSE(property->statement.empty());
    REQUIRE_FALSE(property->needs.empty());
    REQUIRE((property->source.starts_with("properties/README.md#") ||
             (property->isolation && property->source.starts_with("impl/foreign/README.md#"))));
    REQUIRE(property->least_cases >= 20);
  }
}

TEST_CASE("laws / gate asks every length and every place that its laws speak of") {
  const auto cases_of = [](std::string_view name, const auto& look) {
    const Property& property = property_named(name);
    const std::size_t count = generated_cases(Effort::gate) / property.cost;
    for (std::size_t index = 0; index < count; ++index) {
      Random random(index);
      Case c = completed_case(Operation::softmax, Format::f32, {1, 2, 3}, false, random);
      property.arrange(c, random, index);
      look(c);
    }
  };
  const auto lengths_of = [&](std::string_view name) {
    std::set<std::size_t> lengths;
    cases_of(name, [&](const Case& c) { lengths.insert(c.x.size()); });
    return lengths;
  };
  for (const std::string_view name : {"is_uniform_on_constants", "is_accurate_at_every_width"}) {
    INFO(std::string(name));
    const std::set<std::size_t> lengths = lengths_of(name);
    for (std::size_t n = 1; n <= 4096; ++n) REQUIRE(lengths.count(n) == 1);
  }
  for (const std::string_view name : {"is_accurate_at_every_width", "keeps_ratios"}) {
    INFO(std::string(name));
    const std::set<std::size_t> lengths = lengths_of(name);
    for (std::size_t power = 8192; power <= 524288; power *= 2) {
      REQUIRE(lengths.count(power - 1) == 1);
      REQUIRE(lengths.count(power + 1) == 1);
    }
  }
  std::set<std::pair<std::size_t, std::size_t>> masks; // length with the mask, its place
  cases_of("ignores_masked", [&](const Case& c) {
    if (c.with == std::vector<double>{1}) masks.insert({c.x.size() + 1, c.number});
  });
  for (const std::size_t n : {8u, 15u, 16u, 17u, 32u, 33u, 64u, 65u, 128u, 129u, 257u})
    for (std::size_t place = 0; place < n; ++place) REQUIRE(masks.count({n, place}) == 1);
  bool is_last_of_odd = false, is_beyond_rows = false;
  cases_of("ignores_other_rows", [&](const Case& c) {
    is_last_of_odd = is_last_of_odd || (c.number % 2 == 0 && c.number % 3 == 0 && c.number > 0);
    is_beyond_rows = is_beyond_rows || (c.number > 65536 && c.x.size() <= 2);
  });
  REQUIRE(is_last_of_odd);
  REQUIRE(is_beyond_rows);
}

TEST_CASE("faults / each is broken by the law that it names, in every variant that runs here") {
  CheckOptions gate;
  gate.effort = Effort::gate;
  std::vector<std::string> missed;
  for (const Implementation* fault : all_faults())
    for (std::string& sentence :
         missed_by_named_law(*fault, watched_subjects_of(*fault, runner_beside_program()), gate, default_oracle()))
      missed.push_back(std::move(sentence));
  for (const std::string& sentence : missed) UNSCOPED_INFO(sentence);
  REQUIRE(missed.empty());
}

// Hidden: ten times the one above (scripts/test --deep).
TEST_CASE("deep / each fault is broken by the law that it names with ten further seeds", "[.deep]") {
  CheckOptions gate;
  gate.effort = Effort::gate;
  std::vector<std::string> missed;
  for (gate.seed = 2; gate.seed <= 11; ++gate.seed)
    for (const Implementation* fault : all_faults())
      for (const std::string& sentence :
           missed_by_named_law(*fault, watched_subjects_of(*fault, runner_beside_program()), gate, default_oracle()))
        missed.push_back(sentence + " with seed " + std::to_string(gate.seed));
  for (const std::string& sentence : missed) UNSCOPED_INFO(sentence);
  REQUIRE(missed.empty());
}

TEST_CASE("faults / every law is named by a fault, but the one that asks from threads in this process") {
  std::set<std::string_view> named;
  for (const Implementation* fault : all_faults()) named.insert(fault->breaks[0].property);
  for (const Property* property : all_properties()) {
    if (property->name == "repeats_across_threads") continue; // what races, races by luck
    // No kernel of ours has a mask or second results: plugins with planted faults (plugin_laws_test.cpp).
    if (property->name == "takes_masks_beside_logits" || property->name == "gives_maximum_and_sum") continue;
    INFO(std::string(property->name));
    REQUIRE(named.contains(property->name));
  }
}

// Two seconds are what check gives it, and more than all but one take where nothing else runs; ten, so that they end on a loaded machine, too.
TEST_CASE("faults / every counterexample is locally minimal") {
  std::size_t open = 0;
  for (const Implementation* fault : all_faults()) {
    if (fault->runs_apart) continue; // isolation_test.cpp states how small theirs are; each smaller row may cost a process
    INFO(std::string(fault->name));
    const Property& property = property_named(fault->breaks[0].property);
    CheckOptions options;
    options.shrinks = false;
    const auto found = broken(*fault, property, options);
    REQUIRE(found);
    const auto& [verdict, subject] = *found;
    const auto breaks = [&, &s = subject](const Case& candidate) {
      return property.admits(candidate) && covers(s.claim, question_of(candidate)) &&
             judge(property, s, candidate, default_oracle()).outcome == Outcome::broken;
    };
    const auto [smallest, minimal] = shrink(*verdict.witness, breaks, std::chrono::seconds(10));
    REQUIRE(breaks(smallest));
    // One that needs a long row to show (last_chunk_without_maximum) runs out of time; it says so, and is counted here.
    if (!minimal) {
      ++open;
      UNSCOPED_INFO("not finished: " << fault->name << ", n = " << smallest.x.size());
      continue;
    }
    if (const auto simpler = simpler_case(smallest, breaks))
      FAIL_CHECK(corpus_line({std::string(property.name), smallest})
                 << " is broken as well as " << corpus_line({std::string(property.name), *simpler}));
  }
  REQUIRE(open <= 1);
}

TEST_CASE("laws / every law holds for the plain formulas, and is exercised") {
  const Subject shifted = subjects_of(implementation_named("shifted"))[0];
  for (const Property* property : all_properties())
    for (const Offer& offer : shifted.offers) {
      if (!applies(*property, shifted, offer.operation, offer.format)) continue;
      CheckOptions quick;
      quick.generated = 300 * property->cost;
      const Verdict verdict = check(*property, shifted, offer.operation, offer.format, quick, default_oracle());
      INFO(std::string(property->name) << " " << name(offer.operation) << " " << name(offer.format));
      REQUIRE(verdict.outcome == Outcome::holds);
      REQUIRE(verdict.cases >= property->least_cases);
    }
}

TEST_CASE("laws / a subject that never answers a number breaks every law that wants one") {
  Subject nothing = subjects_of(implementation_named("shifted"))[0];
  const auto answer = [](const Problem& problem) { return std::vector<double>(result_count(problem), std::nan("")); };
  nothing.run = answer;
  nothing.run_placed = [answer](const Problem& problem, const Placement&) { return Answer{answer(problem), 0}; };
  // NaN twice is the same twice, and raises nothing.
  const std::set<std::string_view> of_bits{
      "repeats_itself",    "repeats_across_threads", "ignores_other_rows", "ignores_row_stride",    "ignores_axis",
      "ignores_alignment", "works_in_place",         "raises_no_flags",    "treats_special_values", "forgets_other_calls"};
  for (const Property* property : all_properties())
    for (std::size_t k = 0; k < operation_names.size(); ++k) {
      const auto operation = static_cast<Operation>(k);
      if (of_bits.contains(property->name) || !applies(*property, nothing, operation, Format::f32)) continue;
      INFO(std::string(property->name) << " " << name(operation));
      REQUIRE(check(*property, nothing, operation, Format::f32, {}, default_oracle()).outcome == Outcome::broken);
    }
}

TEST_CASE("laws / garbage under a claim that allows anything is not held to be right") {
  Subject garbage = subjects_of(implementation_named("shifted"))[0];
  garbage.run = [](const Problem& problem) { return std::vector<double>(problem.x.size(), 0.75); };
  garbage.claim = {};
  garbage.claim.arithmetic = Format::bf16;
  garbage.claim.summation = Summation::compensated;
  CheckOptions options;
  options.only = Case{};
  options.only->x = std::vector<double>(400, 0.0);
  options.only->x[17] = -60;
  options.only->shift = 1;
  for (const std::string_view law : {"is_accurate", "sums_to_one", "preserves_order", "ignores_shift"}) {
    const Outcome outcome =
        check(property_named(law), garbage, Operation::softmax, Format::f32, options, default_oracle()).outcome;
    INFO(std::string(law));
    REQUIRE((outcome == Outcome::vacuous || outcome == Outcome::broken));
  }
}

TEST_CASE("laws / the counterexamples of naive have at most two elements") {
  const Implementation& naive = implementation_named("naive");
  for (const Break& declared : naive.breaks)
    for (const Format format : {Format::f32, Format::f64}) {
      const Verdict verdict =
          check(property_named(declared.property), subjects_of(naive)[0], Operation::softmax, format, {}, default_oracle());
      INFO(std::string(declared.property));
      REQUIRE(verdict.outcome == Outcome::broken);
      REQUIRE(verdict.witness->x.size() <= 2);
    }
}

TEST_CASE("laws / the same seed gives the same verdict, another seed other rows") {
  const Subject shifted = subjects_of(implementation_named("shifted"))[0];
  const auto worst = [&](std::uint64_t seed) {
    CheckOptions options;
    options.seed = seed;
    return check(property_named("is_accurate"), shifted, Operation::softmax, Format::f32, options, default_oracle()).witness->x;
  };
  REQUIRE(worst(1) == worst(1));
  REQUIRE(worst(1) != worst(2));
}

TEST_CASE("laws / a contract that is claimed is held with bound 0, one that is not is counted") {
  // A sum in the order of the row: permuting it changes bits, and nothing else.
  Subject shifted = subjects_of(implementation_named("shifted"))[0];
  const Property& law = property_named("follows_permutation");
  const Verdict unclaimed = check(law, shifted, Operation::softmax, Format::f32, {}, default_oracle());
  REQUIRE(unclaimed.outcome == Outcome::holds);
  REQUIRE(unclaimed.bits_compared == unclaimed.cases);
  REQUIRE(unclaimed.bits_differed > 0);
  shifted.claim.bitwise.add(Contract::permutation);
  const Verdict claimed = check(law, shifted, Operation::softmax, Format::f32, {}, default_oracle());
  REQUIRE(claimed.outcome == Outcome::broken);
  REQUIRE(claimed.finding.bound.basis == Basis::claim);
  REQUIRE(claimed.finding.bound.value == 0);
}
