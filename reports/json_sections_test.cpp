#include "reports/json.hpp"
#include "reports/comparison.hpp"
#include "scripts/catch.hpp"

#include <limits>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Report drawn() {
  Report report;
  report.tool_version = "1";
  AccuracyEntry accuracy;
  accuracy.implementation = "shifted";
  accuracy.instruction_set = "scalar";
  accuracy.operation = "softmax";
  accuracy.format = "f32";
  accuracy.regime = "moderate";
  accuracy.length = 2;
  accuracy.cases = accuracy.elements = 3;
  accuracy.found_by = "sampled";
  accuracy.density = {{0, 0, {{-0.125, 0, 2}}, {{3, 3.5, 2}}, 3.25, 0}, {1024, infinity, {}, {{4, 5, 1}}, infinity, 1}};
  report.accuracy = {accuracy};
  CurveEntry curve{"shifted", "1.0", "scalar", "softmax", "f32", {"0x0p+0", "0x1p+0"}, "scale", {}, "it hung"};
  curve.points = {{0.5, {0.25, 0.75}, {"0x1p-2", "nan"}, {0.5, std::numeric_limits<double>::quiet_NaN()}, {2, infinity}}};
  report.curves = {curve};
  SpecialValuesEntry special{"shifted", "1.0", "scalar", "softmax", "f32", {"ieee"}, {}};
  special.rows = {
      {"NaN alone", {"nan"}, {}, "it crashed", false, {{{"ieee", "safe"}, {"nan"}, true}, {{"limits"}, {"0x1p+0"}, false}}}};
  report.special_values = {special};
  Comparison comparison;
  comparison.before = "old.json";
  comparison.after = "new.json";
  comparison.sentence = "1 verdict got worse.";
  comparison.same_rows = false;
  comparison.environment = {{"cpu", "", "new"}};
  comparison.verdicts = {
      {"worse", "sums_to_one", "shifted", "scalar", "softmax", "f32", "holds", "broken", 1, infinity, 2, 3, "u", "run it"}};
  comparison.verdicts_unchanged = 4;
  comparison.accuracy = {{"both", "shifted", "scalar", "softmax", "f32", 2, "moderate", {{"max_ulp", 1, infinity}}, "show it"}};
  comparison.accuracy_unchanged = 5;
  comparison.alone = {{"before", "b", "avx2", "softmax", "f64", 6, 7}};
  report.comparison = comparison;
  return report;
}

} // namespace

TEST_CASE("json / densities, curves, special values and comparisons come back") {
  const Report given = drawn();
  const std::string once = to_json(given).dump();
  const Report back = report_from_json(once, "drawn");
  CHECK(to_json(back).dump() == once);
  REQUIRE(back.accuracy[0].density.size() == 2);
  const auto& far = back.accuracy[0].density[1];
  CHECK(far.from == 1024);
  CHECK(far.to == infinity);
  CHECK(far.errors.empty());
  CHECK(far.bounds[0].to == 5);
  CHECK(far.largest_bound == infinity);
  CHECK(far.not_a_number == 1);
  CHECK(back.accuracy[0].density[0].errors[0].count == 2);
  const auto& curve = back.curves.at(0);
  CHECK(curve.asked_by == "scale");
  CHECK(curve.incident == "it hung");
  CHECK(curve.points[0].computed[1] == "nan");
  CHECK(std::isnan(curve.points[0].ulp[1]));
  CHECK(curve.points[0].bound[1] == infinity);
  const auto& special = back.special_values.at(0);
  CHECK(special.profiles == std::vector<std::string>{"ieee"});
  CHECK(special.rows[0].incident == "it crashed");
  CHECK(special.rows[0].demands[0].met);
  CHECK(special.rows[0].demands[1].profiles == std::vector<std::string>{"limits"});
  REQUIRE(back.comparison);
  CHECK(!back.comparison->same_rows);
  CHECK(back.comparison->verdicts[0].measured_after == infinity);
  CHECK(back.comparison->verdicts[0].bound_before == 2);
  CHECK(back.comparison->verdicts[0].rerun == "run it");
  CHECK(back.comparison->accuracy[0].metrics[0].after == infinity);
  CHECK(back.comparison->alone[0].verdicts == 6);
}

TEST_CASE("json / a curve whose points have another number of classes is refused") {
  Report report = drawn();
  report.curves[0].points[0].ulp.pop_back();
  std::string said;
  try {
    report_from_json(to_json(report).dump(), "some.json");
  } catch (const std::invalid_argument& error) {
    said = error.what();
  }
  CHECK_THAT(said, ContainsSubstring("some.json") && ContainsSubstring("a curve of 2 logits has a point of 1"));
}
