// Golden: the terminal text of fixed data, byte for byte; and JSON there and back.
#include "reports/json.hpp"
#include "scripts/catch.hpp"

#include <algorithm>
#include <limits>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

const ReportFormat& format_named(std::string_view name) {
  for (const ReportFormat* format : all_report_formats())
    if (format->name == name) return *format;
  throw std::logic_error("there is no such format");
}

VerdictEntry broken_verdict() {
  VerdictEntry v;
  v.property = "is_accurate";
  v.statement = "|y_i - p_i| <= B1(x)_i";
  v.source = "properties/README.md#b1";
  v.implementation = "schraudolph";
  v.subject_version = "built-in";
  v.instruction_set = "scalar";
  v.operation = "softmax";
  v.format = "f32";
  v.outcome = "broken";
  v.measured_low = 66552.1;
  v.measured_high = 66552.2;
  v.bound = 2.97;
  v.unit = "ulp";
  v.basis = "theorem";
  v.because = "n = 2, f32 arithmetic, exp within 1 ulp, recursive sum, one division";
  v.claim = "nothing";
  v.cases = 3;
  v.seed = 1;
  v.witness = Witness{1, 2, {"0x0p+0", "-0x1p-5"}, "", "0x1p+0", "", {}};
  v.at = 1;
  v.want = "0x1.f8002ap-2";
  v.got = "0x1.fa081ap-2";
  v.shrunk_from = 37;
  v.rerun = "softmax-audit check schraudolph --property is_accurate --format f32 --row \"0x0p+0 -0x1p-5\"";
  return v;
}

Report fixed_report() {
  Report report;
  report.tool_version = "0.1.0";
  report.tool_commit = "0123456789ab";
  report.environment = {{"cpu", "a processor"}, {"seed", "1"}};
  VerdictEntry holds = broken_verdict();
  holds.implementation = "shifted";
  holds.outcome = "holds";
  holds.measured_low = holds.measured_high = 1.5;
  VerdictEntry declared = broken_verdict();
  declared.implementation = "naive";
  declared.measured_low = declared.measured_high = std::numeric_limits<double>::infinity();
  declared.declared_break = "exp overflows";
  report.verdicts = {holds, declared, broken_verdict()};
  AccuracyEntry accuracy;
  accuracy.implementation = "shifted";
  accuracy.instruction_set = "scalar";
  accuracy.operation = "softmax";
  accuracy.format = "f32";
  accuracy.length = 10;
  accuracy.regime = "moderate";
  accuracy.cases = 2;
  accuracy.elements = 20;
  accuracy.max_ulp = 2.25;
  accuracy.mean_ulp = 0.5;
  accuracy.signed_mean_ulp = -0.125;
  accuracy.p99_ulp = 2.25;
  accuracy.misrounded = 0.35;
  accuracy.max_over_bound = 0.5;
  accuracy.norm_wise = 1.75;
  accuracy.worst["max_ulp"] = {2.25, Witness{1, 10, {}, "generated:moderate,10,7", "0x1p+0", "", {}},
                               "softmax-audit explain shifted"};
  accuracy.histogram = {{-1, -0.875, 3}, {0, 0.125, 17}};
  report.accuracy = {accuracy};
  report.implementations["shifted"] = "three passes";
  return report;
}

constexpr std::string_view golden = R"(softmax-audit 0.1.0 (0123456789ab)
  cpu                  a processor
  seed                 1

Verdicts
========

3 verdicts: 2 broken 1 holds. 1 of 2 breaks are declared; 1 verdicts differ from what is declared.

   1  is_accurate

                                      1
shifted scalar f32                    +
naive scalar f32                      x
schraudolph scalar f32           BROKEN

+ holds   x broken, as declared   capitals: look below   NONE vacuous, nothing exercised the law

What does not hold
==================

BROKEN    is_accurate / naive / f32 / scalar
  law       |y_i - p_i| <= B1(x)_i                           proof: properties/README.md#b1
  measured  inf ulp    proved 2.97 ulp    claimed nothing
  because   n = 2, f32 arithmetic, exp within 1 ulp, recursive sum, one division
  at i = 1  want 0x1.f8002ap-2
            got  0x1.fa081ap-2
  row       0x0p+0 -0x1p-5    shrunk from n = 37
  declared  exp overflows
  rerun     softmax-audit check schraudolph --property is_accurate --format f32 --row "0x0p+0 -0x1p-5"

BROKEN    is_accurate / schraudolph / f32 / scalar
  law       |y_i - p_i| <= B1(x)_i                           proof: properties/README.md#b1
  measured  66552 ulp    proved 2.97 ulp    claimed nothing    22408 times over
  because   n = 2, f32 arithmetic, exp within 1 ulp, recursive sum, one division
  at i = 1  want 0x1.f8002ap-2
            got  0x1.fa081ap-2
  row       0x0p+0 -0x1p-5    shrunk from n = 37
  rerun     softmax-audit check schraudolph --property is_accurate --format f32 --row "0x0p+0 -0x1p-5"


Accuracy
========

                                          max ulp   worst p99   max/bound  misrounded norm-wise u  largest at
shifted scalar f32                           2.25        2.25         0.5       35.0%        1.75  moderate, n = 10

Accuracy by length and regime
=============================

                                  length regime                         max ulp      mean    signed       p99    misr. max/bound norm-wise
shifted scalar f32                    10 moderate                          2.25       0.5    -0.125      2.25    35.0%       0.5      1.75
)";

} // namespace

TEST_CASE("text / fixed data, byte for byte") { REQUIRE(format_named("text").write(fixed_report()) == golden); }

TEST_CASE("text / an empty report says so") {
  REQUIRE_THAT(format_named("text").write({}), ContainsSubstring("Nothing was judged"));
}

TEST_CASE("json / there and back gives the same bytes, infinities and all") {
  const std::string once = format_named("json").write(fixed_report());
  REQUIRE(format_named("json").write(report_from_json(once, "once")) == once);
  REQUIRE_THAT(once, ContainsSubstring("\"low\":\"inf\"") && ContainsSubstring("\"schema_version\": 1"));
}

TEST_CASE("json / what is not a report is refused with the file's name") {
  for (const char* text : {"", "[]", "{}", "{\"schema_version\": 2}", "{\"schema_version\": 1}", "not json"}) {
    std::string said;
    try {
      report_from_json(text, "some.json");
    } catch (const std::invalid_argument& error) {
      said = error.what();
    }
    INFO(text);
    CHECK_THAT(said, ContainsSubstring("some.json"));
  }
}
