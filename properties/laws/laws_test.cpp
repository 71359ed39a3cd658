// Every law is seen failing: on a fault planted in a sound softmax, at the smallest effort, with a small counterexample.
#include "impl/registry.hpp"
#include "oracles/registry.hpp"
#include "properties/campaigns/check.hpp"
#include "scripts/catch.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

using namespace softmax_audit;

namespace {

using Row = std::vector<float>;

// The shifted formula in f32, with a hook before and one after.
Row sound(const Row& x) {
  Row y(x.size());
  const float m = *std::max_element(x.begin(), x.end());
  float sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += y[i] = std::exp(x[i] - m);
  for (float& value : y) value /= sum;
  return y;
}

Subject subject_of(std::function<Row(const Row&)> softmax) {
  Subject subject;
  subject.name = "planted";
  subject.version = "test";
  subject.instruction_set = "scalar";
  subject.formats = {Format::f32};
  subject.run = [softmax = std::move(softmax)](const Problem& problem) {
    const Row y = softmax(Row(problem.x.begin(), problem.x.end()));
    return std::vector<double>(y.begin(), y.end());
  };
  return subject;
}

const Property& property_named(std::string_view name) {
  for (const Property* property : all_properties())
    if (property->name == name) return *property;
  throw std::logic_error("there is no such law");
}

Verdict verdict_of(std::string_view law, const std::function<Row(const Row&)>& softmax) {
  Truths truths(default_oracle());
  return check(property_named(law), subject_of(softmax), Format::f32, {}, truths);
}

struct Planted {
  std::string_view law;
  std::function<Row(const Row&)> fault;
};

const std::vector<Planted>& planted() {
  static const std::vector<Planted> faults{
      {"is_accurate",
       [](const Row& x) { // the row's last element is off by 8 ulp
         Row y = sound(x);
         y.back() += y.back() * 0x1p-20f;
         return y;
       }},
      {"sums_to_one",
       [](const Row& x) {
         Row y = sound(x);
         for (float& value : y) value *= 1 + 0x1p-18f;
         return y;
       }},
      {"ignores_shift", // the maximum starts at 0 instead of -inf
       [](const Row& x) {
         Row y(x.size());
         const float m = std::max(0.0f, *std::max_element(x.begin(), x.end()));
         float sum = 0;
         for (std::size_t i = 0; i < x.size(); ++i) sum += y[i] = std::exp(x[i] - m);
         for (float& value : y) value /= sum;
         return y;
       }},
      {"preserves_order",
       [](const Row& x) { // the two largest change places
         Row y = sound(x);
         if (y.size() < 2) return y;
         std::vector<std::size_t> order(y.size());
         for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
         std::partial_sort(order.begin(), order.begin() + 2, order.end(),
                           [&](std::size_t a, std::size_t b) { return y[a] > y[b]; });
         std::swap(y[order[0]], y[order[1]]);
         return y;
       }},
      {"splits_ties_evenly",
       [](const Row& x) { // every fourth element by another exp, 4 ulp off
         Row y = sound(x);
         for (std::size_t i = 3; i < y.size(); i += 4) y[i] += y[i] * 0x1p-21f;
         return y;
       }},
      {"equals_sigmoid_for_two",
       [](const Row& x) { // the difference rounded to 16 bits
         if (x.size() != 2) return sound(x);
         const float d = static_cast<float>(round_to(Format::bf16, static_cast<double>(x[0]) - static_cast<double>(x[1])));
         return Row{1 / (1 + std::exp(-d)), 1 / (1 + std::exp(d))};
       }},
      {"tends_to_argmax",
       [](const Row& x) { // a tie goes to the first
         Row y = sound(x);
         const auto first = std::max_element(x.begin(), x.end());
         if (std::count(x.begin(), x.end(), *first) > 1) {
           std::fill(y.begin(), y.end(), 0.0f);
           y[static_cast<std::size_t>(first - x.begin())] = 1;
         }
         return y;
       }},
      {"tends_to_uniform",
       [](const Row& x) { // one element too many in the sum
         Row y = sound(x);
         for (float& value : y) value /= 1 + *std::max_element(y.begin(), y.end());
         return y;
       }},
      {"lies_in_unit_interval",
       [](const Row& x) {
         Row y = sound(x);
         for (float& value : y)
           if (value == 1) value = std::nextafter(1.0f, 2.0f);
         return y;
       }},
      {"follows_permutation",
       [](const Row& x) {
         Row y = sound(x);
         y[0] -= y[0] * 0x1p-15f;
         return y;
       }},
      {"zeroes_masked",
       [](const Row& x) { // masked means "very small"
         Row y = sound(x);
         for (std::size_t i = 0; i < x.size(); ++i)
           if (std::isinf(x[i])) y[i] = 0x1p-149f;
         return y;
       }},
      {"treats_special_values",
       [](const Row& x) { // a NaN is ignored
         Row finite = x;
         for (float& value : finite)
           if (std::isnan(value)) value = -100;
         return sound(finite);
       }},
  };
  return faults;
}

} // namespace

TEST_CASE("laws / every law has a planted fault, and every planted fault a law") {
  std::set<std::string_view> laws, tried;
  for (const Property* property : all_properties()) laws.insert(property->name);
  for (const Planted& fault : planted()) tried.insert(fault.law);
  REQUIRE(laws == tried);
}

TEST_CASE("laws / every law breaks on its planted fault, with a counterexample of a few elements") {
  for (const Planted& fault : planted()) {
    const Verdict verdict = verdict_of(fault.law, fault.fault);
    INFO(std::string(fault.law));
    REQUIRE(verdict.outcome == Outcome::broken);
    REQUIRE(verdict.witness.has_value());
    REQUIRE(verdict.witness->x.size() <= 4);
    REQUIRE(verdict.finding.measured.low > verdict.finding.bound.value);
  }
}

TEST_CASE("laws / every law holds for the plain softmax, and is exercised") {
  for (const Property* property : all_properties()) {
    const Verdict verdict = verdict_of(property->name, &sound);
    INFO(std::string(property->name));
    REQUIRE(verdict.outcome == Outcome::holds);
    REQUIRE(verdict.cases >= 200);
  }
}

TEST_CASE("laws / a subject that never answers a number breaks every law that wants one") {
  for (const Property* property : all_properties()) {
    if (property->name == "treats_special_values") continue; // there NaN is right
    INFO(std::string(property->name));
    REQUIRE(verdict_of(property->name, [](const Row& x) { return Row(x.size(), std::nanf("")); }).outcome == Outcome::broken);
  }
}

TEST_CASE("laws / garbage under a claim that allows anything is not held to be right") {
  Subject garbage = subject_of([](const Row& x) { return Row(x.size(), 0.75f); });
  garbage.claim.arithmetic = Format::bf16;
  garbage.claim.summation = Summation::compensated;
  Truths truths(default_oracle());
  CheckOptions options;
  options.only = Case{Format::f32, std::vector<double>(400, 0.0), 1, 1, {}, {}};
  options.only->x[17] = -60;
  for (const std::string_view law : {"is_accurate", "sums_to_one", "preserves_order", "ignores_shift"}) {
    const Outcome outcome = check(property_named(law), garbage, Format::f32, options, truths).outcome;
    INFO(std::string(law));
    REQUIRE((outcome == Outcome::vacuous || outcome == Outcome::broken));
  }
}

TEST_CASE("laws / the counterexample of naive has at most two elements") {
  Truths truths(default_oracle());
  const auto naive = std::find_if(all_implementations().begin(), all_implementations().end(),
                                  [](const Implementation* i) { return i->name == "naive"; });
  REQUIRE(naive != all_implementations().end());
  for (const Break& declared : (*naive)->breaks)
    for (const Format format : {Format::f32, Format::f64}) {
      const Verdict verdict = check(property_named(declared.property), subjects_of(**naive)[0], format, {}, truths);
      INFO(std::string(declared.property));
      REQUIRE(verdict.outcome == Outcome::broken);
      REQUIRE(verdict.witness->x.size() <= 2);
    }
}

TEST_CASE("laws / the same seed gives the same verdict, another seed other rows") {
  Truths truths(default_oracle());
  const Subject subject = subject_of(&sound);
  const auto worst = [&](std::uint64_t seed) {
    CheckOptions options;
    options.seed = seed;
    return check(property_named("is_accurate"), subject, Format::f32, options, truths).witness->x;
  };
  REQUIRE(worst(1) == worst(1));
  REQUIRE(worst(1) != worst(2));
}
