// Golden: the terminal text of fixed data, byte for byte; and JSON there and back.
#include "reports/formats/text_parts.hpp"
#include "reports/json.hpp"
#include "scripts/catch.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;

namespace {

const ReportFormat& format_named(std::string_view name) {
  for (const ReportFormat* format : all_report_formats())
    if (format->name == name) return *format;
  throw std::logic_error("there is no such format");
}

Witness written(std::vector<std::string> x) {
  Witness witness;
  witness.cols = x.size();
  witness.x = std::move(x);
  return witness;
}
Witness named(std::size_t length, std::string row) {
  Witness witness;
  witness.cols = length;
  witness.row = std::move(row);
  return witness;
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
  v.witness = written({"0x0p+0", "-0x1p-5"});
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
  accuracy.worst["max_ulp"] = {2.25, named(10, "generated:moderate,10,7"), "softmax-audit explain shifted"};
  accuracy.histogram = {{-1, -0.875, 3}, {0, 0.125, 17}};
  report.accuracy = {accuracy};
  report.implementations["shifted"] = "three passes";
  return report;
}

// Every field that a report has, each with a value that is not its default.
Report full_report() {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Report report = fixed_report();
  VerdictEntry relative = broken_verdict();
  relative.property = "ignores_shift";
  relative.operation = "softmax_backward";
  relative.contract = "shift";
  relative.bits_compared = 1000;
  relative.bits_differed = 7;
  relative.witness->row = "generated:moderate,2,7";
  relative.witness->shift = "0x1p+3";
  relative.witness->scale = "0x1p-1";
  relative.witness->permutation = {1, 0};
  relative.witness->dy = {"inf", "-0x1p+2"};
  relative.witness->target = -1;
  relative.witness->with = {"nan", "0x0p+0"};
  relative.witness->number = 18446744073709551615u;
  relative.incident = "a look at it";
  relative.declared_break = "";
  report.verdicts.push_back(relative);
  report.standings = {{"shifted",
                       "scalar",
                       "softmax",
                       "f32",
                       "bitwise=ties",
                       "exp=1,sum=pairwise",
                       {"ieee", "limits"},
                       {"gradual", "flushed"},
                       {{"ties", true, 200, 0}, {"permutation", false, 200, 26}}},
                      {"naive", "scalar", "softmax_backward", "f64", "nothing", "", {}, {}, {}}};
  report.faults = {{"last_element_left_out",
                    "the sum stops one element early",
                    "a known mistake",
                    "scalar",
                    {"softmax", "log_softmax"},
                    {"f32", "f64"},
                    "sums_to_one",
                    "the sum lacks it",
                    true,
                    {{"is_accurate", 2}, {"sums_to_one", 1}},
                    31},
                   {"tail_forgotten", "", "", "avx2", {"sigmoid"}, {"bf16"}, "is_accurate", "", false, {}, 15}};
  report.detection = {{"nothing", "f32", "one element", 2, 64, true, 1.5, 100, 97, 0.915, 0.994, "gate"},
                      {"exp=1", "f16", "every element", 65, 1000, false, infinity, 100, 0, 0, 0.036, "smoke"}};
  report.accuracy[0].max_over_bound = infinity;
  report.accuracy[0].signed_mean_ulp = -infinity;
  report.accuracy[0].not_a_number = 2;
  report.accuracy[0].claim = "nothing";
  report.accuracy[0].histogram = {{-infinity, -1024, 1}, {1024, infinity, 2}};
  return report;
}

// One section of the text, heading included.
std::string section_of(const std::string& text, std::string_view title) {
  const std::size_t from = text.find("\n" + std::string(title) + "\n=");
  if (from == std::string::npos) return "";
  const std::size_t to = text.find("\n\n", text.find("\n\n", from) + 2);
  return text.substr(from + 1, to - from);
}

constexpr std::string_view golden = R"(softmax-audit 0.1.0 (0123456789ab)
  cpu                  a processor
  seed                 1

Verdicts
========

3 verdicts: 2 broken 1 holds. 1 of 2 breaks are declared; 1 verdicts differ from what is declared.

softmax

   1  is_accurate

                                  1
shifted scalar f32                +
naive scalar f32                  x
schraudolph scalar f32            B

+ holds   x broken, as declared   s skipped   capitals are to be looked at: B broken   H holds though declared broken
U undecided   C crashed   T timed out   N vacuous, nothing exercised the law

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

constexpr std::string_view standing_golden = R"(What each turned out to be
==========================

shifted scalar f32 softmax
  declared   bitwise=ties
  meets      exp=1,sum=pairwise
  special    ieee, limits
  subnormals gradual, flushed
  bitwise    ties yes; permutation no, 13 %
naive scalar f64 softmax_backward
  declared   nothing
  meets      no claim of the ladder
)";

constexpr std::string_view faults_golden = R"(
   1  is_accurate                        2  sums_to_one

                                    1  2
last_element_left_out               k  K
tail_forgotten                      M  .

2 planted faults: 1 broken by the law that they name, 2 kills by any law.
Not broken by the law that they name: tail_forgotten (by is_accurate)
K the law that the fault names   k another law that breaks it   M missed by the law that it names
)";

constexpr std::string_view detection_golden = R"(The smallest error that is found
================================

claim                  format length             pattern         contracts    least ulp      found      95 % interval
nothing                f32    2 to 64            one element            on          1.5     97/100     0.915 to 0.994
exp=1                  f16    65 to 1000         every element         off    not found      0/100     0.000 to 0.036
)";

} // namespace

TEST_CASE("text / fixed data, byte for byte") { REQUIRE(format_named("text").write(fixed_report()) == golden); }

TEST_CASE("text / what each turned out to be, what the laws catch, and the smallest error, byte for byte") {
  const std::string text = format_named("text").write(full_report());
  CHECK(section_of(text, "What each turned out to be") == standing_golden);
  CHECK(section_of(text, "The smallest error that is found") == detection_golden);
  CHECK_THAT(text, ContainsSubstring(std::string(faults_golden)));
}

TEST_CASE("text / a failure shows what a law or an operation adds to a row") {
  const std::string text = format_named("text").write(full_report());
  CHECK_THAT(text, ContainsSubstring("BROKEN    ignores_shift / schraudolph / f32 / scalar / softmax_backward\n"));
  CHECK_THAT(text, ContainsSubstring(
                       "  dy        inf -0x1p+2\n  target    -1\n  with      nan 0x0p+0\n  number    18446744073709551615\n"
                       "  permuted  1 0\n"));
}

TEST_CASE("text / each operation has a matrix of its own laws") {
  const std::string text = format_named("text").write(full_report());
  CHECK_THAT(text, ContainsSubstring("\nsoftmax_backward\n\n   1  ignores_shift\n\n                                  1\n"
                                     "schraudolph scalar f32            B\n"));
}

TEST_CASE("text / an empty report says so") {
  REQUIRE_THAT(format_named("text").write({}), ContainsSubstring("Nothing was judged"));
}

TEST_CASE("json / there and back gives the same bytes, infinities and all") {
  for (const Report& report : {fixed_report(), full_report()}) {
    const std::string once = format_named("json").write(report);
    REQUIRE(format_named("json").write(report_from_json(once, "once")) == once);
    REQUIRE_THAT(once, ContainsSubstring("\"low\":\"inf\"") && ContainsSubstring("\"schema_version\": 1"));
  }
}

// The bytes alone would not tell a field that is neither written nor read.
TEST_CASE("json / every field comes back") {
  const Report given = full_report();
  const Report back = report_from_json(format_named("json").write(given), "full");
  REQUIRE(back.verdicts.size() == given.verdicts.size());
  const VerdictEntry &verdict = back.verdicts.back(), &given_verdict = given.verdicts.back();
  CHECK(verdict.contract == "shift");
  CHECK(verdict.bits_compared == 1000);
  CHECK(verdict.bits_differed == 7);
  CHECK(verdict.witness->dy == given_verdict.witness->dy);
  CHECK(verdict.witness->target == given_verdict.witness->target);
  CHECK(verdict.witness->with == given_verdict.witness->with);
  CHECK(verdict.witness->number == given_verdict.witness->number);
  CHECK(!back.verdicts[0].witness->target);
  CHECK(!back.verdicts[0].witness->number);
  REQUIRE(back.standings.size() == 2);
  const StandingEntry& standing = back.standings[0];
  CHECK(std::tie(standing.implementation, standing.instruction_set, standing.operation, standing.format, standing.claim,
                 standing.strongest_claim) ==
        std::tuple("shifted", "scalar", "softmax", "f32", "bitwise=ties", "exp=1,sum=pairwise"));
  CHECK(standing.profiles == given.standings[0].profiles);
  CHECK(standing.subnormals == given.standings[0].subnormals);
  REQUIRE(standing.contracts.size() == 2);
  CHECK(standing.contracts[0].promised);
  CHECK(standing.contracts[1].name == "permutation");
  CHECK(!standing.contracts[1].promised);
  CHECK(standing.contracts[1].compared == 200);
  CHECK(standing.contracts[1].differed == 26);
  CHECK(back.standings[1].strongest_claim.empty());
  CHECK(back.standings[1].contracts.empty());
  REQUIRE(back.faults.size() == 2);
  const FaultEntry &fault = back.faults[0], &given_fault = given.faults[0];
  CHECK(std::tie(fault.name, fault.summary, fault.source, fault.instruction_set, fault.operations, fault.formats,
                 fault.named_law, fault.because, fault.killed, fault.laws_tried) ==
        std::tie(given_fault.name, given_fault.summary, given_fault.source, given_fault.instruction_set, given_fault.operations,
                 given_fault.formats, given_fault.named_law, given_fault.because, given_fault.killed, given_fault.laws_tried));
  REQUIRE(fault.kills.size() == 2);
  CHECK(fault.kills[0].law == "is_accurate");
  CHECK(fault.kills[0].cases == 2);
  CHECK(!back.faults[1].killed);
  REQUIRE(back.detection.size() == 2);
  for (std::size_t k = 0; k < 2; ++k) {
    const DetectionEntry &d = back.detection[k], &g = given.detection[k];
    CHECK(std::tie(d.claim, d.format, d.pattern, d.from_length, d.to_length, d.contracts, d.ulp, d.runs, d.found, d.low, d.high,
                   d.effort) == std::tie(g.claim, g.format, g.pattern, g.from_length, g.to_length, g.contracts, g.ulp, g.runs,
                                         g.found, g.low, g.high, g.effort));
  }
  CHECK(back.accuracy[0].histogram[1].to == std::numeric_limits<double>::infinity());
}

TEST_CASE("json / sections and fields that are empty are absent, and a report without them is read") {
  const std::string text = format_named("json").write(fixed_report());
  for (const char* key :
       {"standings", "faults", "detection", "contract", "bits_compared", "\"dy\"", "target", "\"with\"", "\"number\""})
    CHECK_THAT(text, !ContainsSubstring(key));
  CHECK(report_from_json(text, "old").standings.empty());
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

TEST_CASE("text / what nobody reads in a terminal is told by its size: long rows, long commands, rows that break nothing") {
  Report report = fixed_report();
  VerdictEntry& broken = report.verdicts[2];
  broken.witness->x.assign(1000, "0x1.8p+0");
  broken.rerun = "softmax-audit check schraudolph --row \"" + std::string(9000, '0') + "\"";
  VerdictEntry& vacuous = report.verdicts[0];
  vacuous.outcome = "vacuous";
  vacuous.cases = 3;
  vacuous.witness = broken.witness;
  vacuous.rerun = broken.rerun;
  const std::string text = format_named("text").write(report);
  CHECK_THAT(text, ContainsSubstring("0x1.8p+0 ... (1000 in all)    shrunk from n = 37\n"));
  CHECK_THAT(text, ContainsSubstring("a command of 9040 characters: --json FILE writes it, --keep FILE the row\n"));
  CHECK_THAT(text, !ContainsSubstring("need not be minimal"));
  broken.shrinking_unfinished = true;
  CHECK_THAT(failure_block(broken), ContainsSubstring("shrunk from n = 37, time was up: it need not be minimal\n"));
  CHECK(report_from_json(format_named("json").write(report), "JSON").verdicts[2].shrinking_unfinished);
  const std::string block = failure_block(vacuous);
  CHECK_THAT(block, EndsWith("  cases     3: too few that exercise the law to say that it holds\n"));
  CHECK(block.size() < 300);
  CHECK(text.size() < 8000);
}
