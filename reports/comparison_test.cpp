#include "reports/comparison.hpp"
#include "reports/formats/comparison_text.hpp"
#include "scripts/catch.hpp"

#include <limits>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

VerdictEntry verdict(std::string implementation, std::string law, std::string outcome) {
  VerdictEntry entry;
  entry.implementation = std::move(implementation);
  entry.property = std::move(law);
  entry.outcome = std::move(outcome);
  entry.instruction_set = "scalar";
  entry.operation = "softmax";
  entry.format = "f32";
  entry.rerun = "softmax-audit check it";
  return entry;
}

AccuracyEntry cell(std::string implementation, std::uint64_t length, double max_ulp, double mean_ulp) {
  AccuracyEntry entry;
  entry.implementation = std::move(implementation);
  entry.instruction_set = "scalar";
  entry.operation = "softmax";
  entry.format = "f32";
  entry.regime = "moderate";
  entry.length = length;
  entry.cases = 10;
  entry.elements = 10 * length;
  entry.max_ulp = max_ulp;
  entry.mean_ulp = mean_ulp;
  return entry;
}

Report with(std::vector<VerdictEntry> verdicts, std::vector<AccuracyEntry> accuracy) {
  Report report;
  report.environment = {{"seed", "1"}, {"effort", "smoke"}, {"cpu", "old"}};
  report.verdicts = std::move(verdicts);
  report.accuracy = std::move(accuracy);
  return report;
}

} // namespace

TEST_CASE("comparison / a report and itself differ in nothing") {
  const Report report = with({verdict("a", "l", "holds"), verdict("a", "m", "broken")},
                             {cell("a", 2, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN())});
  const Comparison c = compare(report, report, "x", "y");
  CHECK(c.sentence == "Nothing changed: 2 verdicts and 1 accuracy cell are the same.");
  CHECK(c.environment.empty());
  CHECK(c.same_rows);
}

TEST_CASE("comparison / verdicts and cells are worse, better, or both, the worse first") {
  const Report before = with({verdict("a", "l", "broken"), verdict("a", "m", "holds"), verdict("a", "n", "vacuous")},
                             {cell("a", 2, 1, 1), cell("a", 3, 1, 1), cell("a", 4, 1, 1), cell("a", 5, 1, 1)});
  const Report after =
      with({verdict("a", "l", "holds"), verdict("a", "m", "crashed"), verdict("a", "n", "undecided")},
           {cell("a", 2, 0.5, 1), cell("a", 3, 2, 0.5), cell("a", 4, std::nextafter(1.0, 2.0), 1), cell("a", 5, 1, 1)});
  const Comparison c = compare(before, after, "x", "y");
  REQUIRE(c.verdicts.size() == 3);
  CHECK(c.verdicts[0].property == "m");
  CHECK(c.verdicts[0].change == "worse");
  CHECK(c.verdicts[1].change == "other");
  CHECK(c.verdicts[2].change == "better");
  REQUIRE(c.accuracy.size() == 3);
  CHECK(c.accuracy[0].length == 4); // by the last bit
  CHECK(c.accuracy[0].change == "worse");
  CHECK(c.accuracy[1].change == "both");
  CHECK(c.accuracy[1].metrics.size() == 2);
  CHECK(c.accuracy[2].change == "better");
  CHECK(c.accuracy_unchanged == 1);
  CHECK(c.sentence ==
        "1 verdict got worse, 1 got better, 1 changed otherwise; 1 accuracy cell got worse, 1 got better, 1 got better in "
        "some figures and worse in others; 0 verdicts and 1 cell are unchanged.");
  const std::string text = comparison_text(c);
  CHECK_THAT(text, ContainsSubstring("holds -> crashed") && ContainsSubstring("softmax-audit check it"));
  CHECK_THAT(text, ContainsSubstring("max_ulp 1 -> 1.000000000000000")); // as many digits as tell them apart
}

TEST_CASE("comparison / a NaN is worse than anything, and not counted twice") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(compare(with({}, {cell("a", 2, 1, 1)}), with({}, {cell("a", 2, nan, 1)}), "x", "y").accuracy[0].change == "worse");
  CHECK(compare(with({}, {cell("a", 2, nan, 1)}), with({}, {cell("a", 2, 1, 1)}), "x", "y").accuracy[0].change == "better");
}

TEST_CASE("comparison / one implementation under two names is compared, several are not mixed up") {
  const Report old_name = with({verdict("mine 1.0", "l", "holds")}, {}),
               new_name = with({verdict("mine 1.1", "l", "broken")}, {});
  const Comparison c = compare(old_name, new_name, "x", "y");
  CHECK(c.sentence == "1 verdict got worse; 0 verdicts and 0 cells are unchanged.");
  CHECK(c.environment.back().what == "implementation");
  const Comparison apart = compare(with({verdict("a", "l", "holds"), verdict("b", "l", "holds")}, {}),
                                   with({verdict("c", "l", "broken")}, {}), "x", "y");
  CHECK_THAT(apart.sentence, ContainsSubstring("nothing can be compared"));
  CHECK(apart.alone.size() == 3);
}

TEST_CASE("comparison / other rows, another machine and another version are said") {
  Report before = with({verdict("a", "l", "holds")}, {}), after = before;
  after.environment["seed"] = "2";
  after.environment["cpu"] = "new";
  before.verdicts[0].subject_version = "1.0";
  after.verdicts[0].subject_version = "1.1";
  const Comparison c = compare(before, after, "x", "y");
  CHECK(!c.same_rows);
  CHECK_THAT(c.sentence, ContainsSubstring("not measured on the same rows"));
  REQUIRE(c.environment.size() == 3);
  CHECK(c.environment[0].what == "cpu");
  CHECK(c.environment[2].what == "a");
  CHECK(c.environment[2].after == "1.1");
}

TEST_CASE("comparison / what only one of the two has is counted by subject") {
  const Comparison c = compare(with({verdict("a", "l", "holds"), verdict("a", "m", "holds")}, {cell("a", 2, 1, 1)}),
                               with({verdict("a", "l", "holds")}, {cell("a", 3, 1, 1)}), "x", "y");
  REQUIRE(c.alone.size() == 2);
  CHECK(c.alone[0].in == "after");
  CHECK(c.alone[0].accuracy == 1);
  CHECK(c.alone[1].verdicts == 1);
  CHECK(c.alone[1].accuracy == 1);
  CHECK_THAT(c.sentence, ContainsSubstring("2 stand in the earlier report only. 1 stands in the later one only."));
}
