#include "properties/campaigns/detection.hpp"

#include "impl/registry.hpp"
#include "oracles/registry.hpp"
#include "scripts/catch.hpp"

using namespace softmax_audit;

namespace {

Subject subject_named(std::string_view name) {
  for (const Implementation* implementation : all_implementations())
    if (implementation->name == name) return subjects_of(*implementation).front();
  throw std::logic_error("there is no implementation " + std::string(name));
}

std::vector<Detection> detection_of(const Subject& subject, bool contracts, unsigned runs, const CheckOptions& options = {}) {
  std::vector<Detection> all;
  for (const std::size_t from_length : decades_tried(options.effort))
    for (const Detection& d : detection(subject, Format::f32, contracts, from_length, runs, options, default_oracle()))
      all.push_back(d);
  return all;
}

const Detection& entry_of(const std::vector<Detection>& all, Pattern pattern, std::size_t from_length) {
  for (const Detection& d : all)
    if (d.pattern == pattern && d.from_length == from_length) return d;
  throw std::logic_error("no such entry");
}

} // namespace

TEST_CASE("detection / the interval of Clopper and Pearson") {
  // Closed forms at the ends: 1 - (alpha/2)^(1/n); in between tabulated values (n = 10, 5 found; n = 100, 95 found).
  CHECK(std::fabs(clopper_pearson(0, 10).second - (1 - std::pow(0.025, 0.1))) < 1e-12);
  CHECK(clopper_pearson(0, 10).first == 0);
  CHECK(std::fabs(clopper_pearson(10, 10).first - std::pow(0.025, 0.1)) < 1e-12);
  CHECK(clopper_pearson(10, 10).second == 1);
  const auto [low, high] = clopper_pearson(5, 10);
  CHECK(std::fabs(low - 0.1871) < 5e-5);
  CHECK(std::fabs(high - 0.8129) < 5e-5);
  const auto [low_of_many, high_of_many] = clopper_pearson(95, 100);
  CHECK(std::fabs(low_of_many - 0.8872) < 5e-5);
  CHECK(std::fabs(high_of_many - 0.9836) < 5e-5);
}

TEST_CASE("detection / promises find what bounds do not, and never less") {
  CheckOptions options;
  unsigned runs = 0;
  options.progress = [&runs](std::size_t more) { runs += static_cast<unsigned>(more); };
  const Subject subject = subject_named("shifted");
  const auto off = detection_of(subject, false, 3, options);
  CHECK(runs >= 3 * pattern_names.size());
  options.progress = nullptr;
  const auto on = detection_of(subject, true, 3, options);
  REQUIRE(on.size() == off.size());
  for (std::size_t k = 0; k < on.size(); ++k) {
    CAPTURE(pattern_names[static_cast<std::size_t>(on[k].pattern)], on[k].from_length);
    CHECK(on[k].contracts);
    CHECK_FALSE(off[k].contracts);
    CHECK(on[k].ulp <= off[k].ulp);
  }
  // A few results of a long row, one ulp off, are far below the bound; their bits are not where they were.
  CHECK(std::any_of(off.begin(), off.end(), [](const Detection& d) { return d.pattern == Pattern::one_binade && d.ulp > 1; }));
  for (const Detection& d : on)
    if (d.pattern == Pattern::one_binade) CHECK(d.ulp == 1);
  // In short rows half the room above the rounding is less than an ulp.
  CHECK(entry_of(off, Pattern::everywhere, 2).ulp == 1);
  // No run of smoke has 2^20 results of so short rows: nothing is moved, nothing found, in no more runs than it takes to know.
  CHECK(std::isinf(entry_of(off, Pattern::one_in_2_to_20, 2).ulp));
  CHECK(entry_of(off, Pattern::one_in_2_to_20, 2).runs == 1);
  // The width of that decade is 2730, of which smoke has no row; of 6 it has.
  CHECK(std::isinf(entry_of(off, Pattern::one_width, 1000).ulp));
  CHECK(entry_of(off, Pattern::one_width, 2).ulp == 1);
  // Of rows above 99,999 elements smoke has none, and nothing is said of them.
  CHECK(std::none_of(off.begin(), off.end(), [](const Detection& d) { return d.from_length >= 100000; }));
}

TEST_CASE("detection / what breaks of itself finds nothing") {
  // naive overflows: laws break on it whatever is moved, and of so short rows this pattern moves none.
  const auto all = detection_of(subject_named("naive"), false, 1);
  CHECK(std::isinf(entry_of(all, Pattern::one_in_2_to_20, 2).ulp));
  CHECK(std::isinf(entry_of(all, Pattern::one_width, 1000).ulp));
}
