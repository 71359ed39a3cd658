#include "reports/gate/baseline.hpp"
#include "scripts/catch.hpp"

#include <cmath>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string refusal(const std::string& text) {
  try {
    (void)baseline_from(text, "b.json");
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

std::string entry(const std::string& figures) {
  return R"({"baseline_version": 1, "entries": [{"subject": "s", "build": "", "instruction_set": "i", "machine": "m", "corpus": "c",)"
         R"( "tool_version": "1", "subject_version": "v", )" +
         figures + "}]}";
}

} // namespace

TEST_CASE("gate / a baseline is read as it was written, to the last bit") {
  Baseline baseline;
  BaselineEntry& written = baseline[{"mine", "gcc -O3", "avx2", "machine; \"libm\"", "0123", "0.1.0"}];
  written.subject_version = "1.2";
  written.figures["softmax/f32/10/spread/max_ulp"] = {0.1 + 0.2, ""};
  written.figures["softmax/f32/10/spread/mean_ulp"] = {HUGE_VAL, "exp is faster now"};
  baseline[{"mine", "gcc -O3", "avx512", "machine", "0123", "0.1.0"}] = {};
  const std::string text = text_of(baseline);
  const Baseline read = baseline_from(text, "b.json");
  CHECK(text_of(read) == text);
  REQUIRE(read.size() == 2);
  CHECK(read.begin()->second.figures.at("softmax/f32/10/spread/max_ulp").value == 0.1 + 0.2);
  CHECK(read.begin()->second.figures.at("softmax/f32/10/spread/mean_ulp").reason == "exp is faster now");
}

TEST_CASE("gate / what is no baseline is told in one sentence") {
  CHECK_THAT(refusal(""), ContainsSubstring("b.json: not a baseline of softmax-audit: "));
  CHECK_THAT(refusal("[]"), ContainsSubstring("baseline_version"));
  CHECK_THAT(refusal(R"({"baseline_version": 2, "entries": []})"),
             ContainsSubstring("its baseline_version is 2, this program reads 1"));
  CHECK_THAT(refusal(R"({"baseline_version": 1, "entries": [3]})"), ContainsSubstring("an entry is not an object"));
  CHECK_THAT(refusal(entry(R"("figures": {"a": "0x1p"})")), ContainsSubstring("is not a figure"));
  CHECK_THAT(refusal(entry(R"("figures": {"a": "-0x1p+0"})")), ContainsSubstring("is not a figure"));
  CHECK_THAT(refusal(entry(R"("figures": {"a": 1})")), ContainsSubstring("a is not a text"));
  CHECK_THAT(refusal(entry(R"("figures": {}, "allowed": {"a": "why"})")), ContainsSubstring("is no figure"));
  CHECK_THAT(refusal(entry(R"("more": {})")), ContainsSubstring("has no \"figures\""));
  CHECK(refusal(entry(R"("figures": {"a": "0x1p+0"})")) == "accepted");
}

TEST_CASE("gate / every change of a figure is seen, and an update takes only what is better") {
  BaselineEntry before;
  before.figures = {{"better", {2}}, {"gone", {1}}, {"same", {1}}, {"worse", {1, "an old reason"}}};
  const double next = std::nextafter(1.0, 2.0); // one bit is a change
  const std::map<std::string, double> now{{"better", 1}, {"first", 5}, {"same", 1}, {"worse", next}};
  const std::vector<FigureChange> changed = changes(before, now);
  REQUIRE(changed.size() == 4);
  CHECK(changed[0].outcome == "improved");
  CHECK(changed[1].outcome == "new");
  CHECK(changed[2].outcome == "regressed");
  CHECK(changed[3].outcome == "missing");
  const BaselineEntry careful = updated(before, now, "");
  CHECK(careful.figures.at("better").value == 1);
  CHECK(careful.figures.at("first").value == 5);
  CHECK(careful.figures.at("worse").value == 1);
  CHECK(careful.figures.at("gone").value == 1);
  const BaselineEntry told = updated(before, now, "a faster exp");
  CHECK(told.figures.at("worse").value == next);
  CHECK(told.figures.at("worse").reason == "a faster exp");
  CHECK(told.figures.at("better").reason.empty());
  CHECK(changes(told, now).size() == 1); // what was not measured
}
