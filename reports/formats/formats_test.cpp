// Every format on fixed data, byte for byte against reports/formats/golden/, and on data that wants to break it.
//
// After a wanted change: SOFTMAX_AUDIT_WRITE_GOLDEN=1 softmax_audit_tests "formats / golden*" writes the files anew; then read
// what git diff says. scripts/tests/check_report_formats.py reads the same files with parsers that are not ours.
#include "reports/json.hpp"
#include "scripts/catch.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

const ReportFormat& format_named(std::string_view name) {
  for (const ReportFormat* format : all_report_formats())
    if (format->name == name) return *format;
  throw std::logic_error("there is no such format");
}
std::string written(std::string_view format, const Report& report) { return format_named(format).write(report); }

GateEntry entry(std::string_view outcome, std::string_view kind, std::string_view metric, double measured, double limit) {
  GateEntry e;
  e.kind = kind;
  e.outcome = outcome;
  e.metric = metric;
  e.implementation = "mine";
  e.subject_version = "1.2";
  e.instruction_set = "avx2";
  e.operation = "softmax";
  e.format = "f32";
  e.measured_low = e.measured_high = measured;
  e.limit = limit;
  e.unit = "ulp";
  e.basis = kind == "law" ? "theorem" : kind == "limit" ? "policy" : "measured";
  e.sentence = std::string(metric) + " of mine f32: " + std::string(outcome) + ".";
  e.file = "ci/gate.toml";
  e.line = 12;
  e.column = 3;
  return e;
}

VerdictEntry verdict(std::string_view outcome, std::string_view property) {
  VerdictEntry v;
  v.property = property;
  v.statement = "|y_i - p_i| <= B1(x)_i";
  v.source = "properties/README.md#b1";
  v.implementation = "mine";
  v.subject_version = "1.2";
  v.instruction_set = "avx2";
  v.operation = "softmax";
  v.format = "f32";
  v.outcome = outcome;
  v.measured_low = v.measured_high = 12.5;
  v.bound = 2.97;
  v.unit = "ulp";
  v.basis = "theorem";
  v.because = "n = 2, one division";
  v.claim = "nothing";
  v.means = "Probabilities are off in the fourth digit.";
  v.cases = 3;
  v.seed = 1;
  v.witness = Witness{};
  v.witness->cols = 2;
  v.witness->x = {"-0x1p-5", "0x0p+0"};
  v.at = 1;
  v.want = "0x1.f8002ap-2";
  v.got = "0x1.fa081ap-2";
  v.rerun = "softmax-audit check --plugin ./mine.so --property " + v.property + " --format f32 --row \"-0x1p-5 0x0p+0\"";
  return v;
}

// A gate with every outcome that there is.
Report gate_report() {
  Report report;
  report.tool_version = "0.1.0";
  report.tool_commit = "0123456789ab";
  report.environment = {{"cpu", "a processor"}, {"effort", "gate"}, {"seed", "1"}};
  VerdictEntry writes = verdict("broken", "writes_only_its_results");
  writes.statement = "nothing but y is written";
  writes.isolation = true;
  writes.incident = "wrote 4 bytes after the end of y, which has 2 elements";
  writes.measured_low = writes.measured_high = 1;
  writes.bound = 0;
  writes.unit = "elements";
  writes.want = "0x0p+0";
  writes.got = "0x1p+0";
  writes.at.reset();
  report.verdicts = {verdict("broken", "is_accurate"), writes, verdict("holds", "sums_to_one")};
  report.verdicts[2].measured_low = report.verdicts[2].measured_high = 0.5;

  GateEntry accurate = entry("broken", "law", "is_accurate", 12.5, 2.97);
  accurate.sentence =
      "is_accurate is broken 4.2 times over: correct the sum, or state the break with its reason in ci/gate.toml.";
  accurate.line = accurate.column = 0;
  accurate.row = "-0x1p-5 0x0p+0";
  accurate.rerun = report.verdicts[0].rerun;
  GateEntry wrote = entry("broken", "law", "writes_only_its_results", 1, 0);
  wrote.unit = "elements";
  wrote.sentence = "It wrote 4 bytes after the end of y: look for a loop that runs over the end.";
  GateEntry limit = entry("broken", "limit", "max_ulp", 2.0000001, 2);
  limit.length = 1000;
  limit.regime = "moderate";
  limit.reason = "what the old kernel had";
  limit.sentence =
      "The largest error is 2.0000001 ulp where 2 are allowed: make it smaller, or change the limit and its reason.";
  limit.rerun = "softmax-audit explain --plugin ./mine.so --format f32 --row generated:moderate,1000,7";
  limit.row = "generated:moderate,1000,7";
  GateEntry regressed = entry("regressed", "baseline", "max_ulp", 3, 2.5);
  regressed.line = 0;
  regressed.file = "ci/baseline.json";
  GateEntry infinite = entry("broken", "limit", "max_ulp", infinity, 2);
  infinite.format = "f16";
  GateEntry crashed = entry("crashed", "law", "raises_no_signal", 0, 0);
  crashed.sentence = "The subject's process died of SIGSEGV on a row of 0 elements.";
  GateEntry late = entry("timed_out", "law", "answers_in_time", 0, 0);
  GateEntry undecided = entry("undecided", "law", "keeps_ratios", 1.5, 1.5);
  undecided.measured_high = 1.75;
  GateEntry untested = entry("untested", "limit", "p99_ulp", 0, 1);
  GateEntry unexpected = entry("unexpectedly_holds", "law", "ignores_shift", 0.5, 1);
  unexpected.reason = "the maximum is not subtracted";
  unexpected.sentence = "ignores_shift holds, though line 31 says that it is broken: take the line away.";
  unexpected.line = 31;
  GateEntry known = entry("known_broken", "law", "tends_to_argmax", 4, 1);
  known.reason = "#17, until the next release";
  known.sentence = "Known: #17, until the next release.";
  GateEntry improved = entry("improved", "baseline", "mean_ulp", 0.25, 0.5);
  improved.sentence = "0.25 ulp where the baseline has 0.5: --update-baseline keeps it.";
  GateEntry holds = entry("holds", "law", "sums_to_one", 0.5, 2.97);
  GateEntry within = entry("holds", "limit", "max_ulp", 1, 2);
  within.operation = "log_softmax";
  report.gate = Gate{"ci/gate.toml",
                     "ci/baseline.json",
                     "compared",
                     "The gate fails: 4 things are broken, 1 is worse than the baseline, 5 could not be judged.",
                     3,
                     {accurate,
                      wrote,
                      limit,
                      infinite,
                      regressed,
                      crashed,
                      late,
                      undecided,
                      untested,
                      unexpected,
                      known,
                      improved,
                      entry("expired", "law", "preserves_order", 0, 1),
                      entry("missing", "baseline", "norm_wise", 0, 3),
                      entry("inconclusive", "limit", "speed_ratio", 8, 9),
                      entry("new", "baseline", "p99_ulp", 1, 0),
                      holds,
                      within,
                      entry("unchanged", "baseline", "misrounded", 0.25, 0.25),
                      entry("skipped", "law", "works_in_place", 0, 0)}};
  AccuracyEntry a;
  a.implementation = "mine";
  a.subject_version = "1.2";
  a.instruction_set = "avx2";
  a.operation = "softmax";
  a.format = "f32";
  a.length = 1000;
  a.regime = "moderate";
  a.cases = 2;
  a.elements = 2000;
  a.max_ulp = 2.0000001;
  a.mean_ulp = 0.25;
  a.signed_mean_ulp = -0.125;
  a.p99_ulp = 1;
  a.misrounded = 0.25;
  a.max_over_bound = 0.5;
  a.norm_wise = 1.75;
  a.worst["max_ulp"].value = 2.0000001;
  a.worst["max_ulp"].witness.cols = 1000;
  a.worst["max_ulp"].witness.row = "generated:moderate,1000,7";
  a.worst["max_ulp"].rerun = limit.rerun;
  AccuracyEntry half = a;
  half.format = "f16";
  half.regime = "rows.npy";
  half.max_ulp = half.max_over_bound = half.norm_wise = infinity;
  half.signed_mean_ulp = -infinity;
  half.not_a_number = 7;
  report.accuracy = {a, half};
  SpeedEntry speed;
  speed.implementation = "mine";
  speed.instruction_set = "avx2";
  speed.operation = "softmax";
  speed.format = "f32";
  speed.length = 1000;
  speed.ns_per_element = 0.5;
  speed.memcpy_ns_per_element = 0.125;
  report.speed = {speed};
  return report;
}

Report report_without_gate() {
  Report report = gate_report();
  report.gate.reset();
  VerdictEntry declared = verdict("broken", "ignores_shift");
  declared.declared_break = "the maximum is not subtracted";
  VerdictEntry surprising = verdict("holds", "preserves_order");
  surprising.declared_break = "sorts";
  VerdictEntry crashed = verdict("crashed", "repeats_itself");
  crashed.incident = "SIGSEGV on a row of 4";
  for (const VerdictEntry& v :
       {declared, surprising, crashed, verdict("vacuous", "folds_scale"), verdict("skipped", "works_in_place"),
        verdict("undecided", "keeps_ratios"), verdict("timed_out", "answers_in_time")})
    report.verdicts.push_back(v);
  return report;
}

constexpr std::string_view hostile_text =
    "=1+1 \"q\" 'a' <script>alert(1)</script> | `b` ```\n```\n</details> # @everyone $x$ ]]>&amp; "
    "a,b\r\n\t\x01\x1b[31m\x7f \xff\xfe \xc2\x85 \xef\xbf\xbf \xe2\x80\xa8 \xf0\x9f\x94\xa5 \\ * _x_ [l](u) -->";

// Names and sentences as somebody would choose them who wants to break a reader.
Report hostile_report() {
  Report report = gate_report();
  const std::string text(hostile_text);
  report.tool_version = report.tool_commit = text;
  report.environment["cpu"] = text;
  for (VerdictEntry& v : report.verdicts)
    for (std::string* field : {&v.implementation, &v.subject_version, &v.instruction_set, &v.statement, &v.source, &v.incident,
                               &v.means, &v.declared_break, &v.got, &v.want, &v.rerun, &v.because})
      *field = text;
  report.verdicts[0].property = text;
  for (GateEntry& e : report.gate->entries) {
    for (std::string* field : {&e.implementation, &e.subject_version, &e.instruction_set, &e.regime, &e.unit, &e.basis,
                               &e.reason, &e.sentence, &e.rerun, &e.row})
      *field = text;
    e.length = 3;
  }
  GateEntry& first = report.gate->entries[0];
  first.metric = first.kind = first.operation = first.format = first.file = text;
  report.gate->entries[1].outcome = "an outcome of tomorrow";
  // Twice the same name, and one that already looks like the second of two.
  report.gate->entries.push_back(report.gate->entries[2]);
  report.gate->entries.push_back(report.gate->entries[2]);
  report.gate->entries.back().regime += " (2)";
  report.gate->entries.push_back(report.gate->entries[2]);
  report.gate->file = report.gate->baseline_file = report.gate->baseline = report.gate->sentence = text;
  for (AccuracyEntry& a : report.accuracy) a.implementation = a.regime = a.worst["max_ulp"].rerun = text;
  report.accuracy.push_back(report.accuracy[0]);
  report.accuracy.back().implementation[text.find('\x01')] = '\x02';
  report.speed[0].implementation = text;
  report.speed.push_back(report.speed[0]);
  return report;
}

// A new format has golden files from its first test on. The pages have tests of their own.
std::vector<const ReportFormat*> formats_with_golden_files() {
  std::vector<const ReportFormat*> formats(all_report_formats().begin(), all_report_formats().end());
  std::erase_if(formats, [](const ReportFormat* f) { return f->extension.ends_with("html") || f->name.starts_with("atlas"); });
  return formats;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void check_golden(std::string_view name, const Report& report) {
  for (const ReportFormat* format : formats_with_golden_files()) {
    const std::filesystem::path file =
        std::filesystem::path(SOFTMAX_AUDIT_GOLDEN) / (std::string(name) + "." + std::string(format->extension));
    const std::string now = format->write(report);
    if (std::getenv("SOFTMAX_AUDIT_WRITE_GOLDEN")) std::ofstream(file, std::ios::binary) << now;
    INFO(file.string());
    CHECK((now == content(file)));
  }
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

} // namespace

TEST_CASE("formats / golden: a gate with every outcome") {
  std::set<std::string> outcomes;
  const Report report = gate_report();
  for (const GateEntry& e : report.gate->entries) outcomes.insert(e.outcome);
  for (const std::string_view outcome : gate_passes) CHECK(outcomes.contains(std::string(outcome)));
  for (const std::string_view outcome : gate_fails) CHECK(outcomes.contains(std::string(outcome)));
  check_golden("gate", report);
}
TEST_CASE("formats / golden: verdicts without a gate") { check_golden("verdicts", report_without_gate()); }
TEST_CASE("formats / golden: names that want to break readers") { check_golden("hostile", hostile_report()); }
TEST_CASE("formats / golden: an empty report") { check_golden("empty", {}); }

TEST_CASE("formats / every format has a file name of its own, and those that are always written are text, JSON and HTML") {
  std::set<std::string_view> extensions;
  std::set<std::string_view> always;
  for (const ReportFormat* format : all_report_formats()) {
    CHECK(extensions.insert(format->extension).second);
    if (format->always) always.insert(format->extension);
  }
  CHECK(always == std::set<std::string_view>{"txt", "json", "html"});
}

TEST_CASE("formats / what is made from the JSON is what was made from the report") {
  const Report given = gate_report();
  const Report back = report_from_json(written("json", given), "given");
  for (const ReportFormat* format : all_report_formats()) {
    INFO(format->name);
    CHECK((format->write(back) == format->write(given)));
  }
}

TEST_CASE("formats / a million entries: pages keep below their limits and say what is left out") {
  Report report = gate_report();
  const std::vector<GateEntry> few = report.gate->entries;
  std::vector<GateEntry>& entries = report.gate->entries;
  entries.reserve(1'000'000);
  while (entries.size() < 1'000'000) {
    entries.push_back(few[entries.size() % few.size()]);
    entries.back().implementation += std::to_string(entries.size());
  }
  const std::string page = written("markdown", report), comment = written("comment", report);
  CHECK(page.size() < 1'048'576);
  CHECK(page.size() > 500'000);
  CHECK(comment.size() < 65'536);
  CHECK(comment.size() > 30'000);
  for (const std::string& text : {page, comment}) {
    CHECK_THAT(text, ContainsSubstring("lines are left out**, because"));
    CHECK(count(text, "<details>") == count(text, "</details>"));
    CHECK(text.ends_with(text == page ? "seed 1, effort gate\n" : "</sub>\n"));
  }
  entries.resize(100'000);
  const auto sarif = nlohmann::json::parse(written("sarif", report));
  CHECK(sarif["runs"][0]["results"].size() == 25'000);
  CHECK_THAT(sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].get<std::string>(),
             ContainsSubstring("left out"));
  const auto quality = nlohmann::json::parse(written("gitlab-code-quality", report));
  CHECK(quality.size() == 10'001);
  CHECK(quality.back()["check_name"] == "left_out");
  entries.resize(60'000);
  for (GateEntry& e : entries) e.rerun = std::string(1000, 'r');
  const std::string junit = written("junit", report);
  CHECK(junit.size() < 30'000'000);
  CHECK_THAT(junit, ContainsSubstring("<testsuite name=\"left out\""));
}

TEST_CASE("formats / one sentence of two megabytes does not break a limit either") {
  Report report = gate_report();
  const std::string long_text = "\xe2\x82\xac" + std::string(2'000'000, '<');
  report.tool_version = report.tool_commit = report.gate->sentence = report.gate->file = report.gate->baseline = long_text;
  report.gate->baseline_file = report.environment["cpu"] = report.accuracy[0].implementation = report.accuracy[0].regime =
      long_text;
  for (GateEntry& e : report.gate->entries)
    e.sentence = e.reason = e.metric = e.implementation = e.row = e.rerun = e.file = e.unit = e.basis = e.outcome = long_text;
  CHECK(written("markdown", report).size() < 1'048'576);
  CHECK(written("comment", report).size() < 65'536);
  CHECK_THAT(written("comment", report), ContainsSubstring("### softmax-audit: the gate fails"));
}

TEST_CASE("formats / an outcome that nobody knows fails, and is never a pass") {
  Report report = gate_report();
  report.gate->entries.resize(1);
  report.gate->entries[0].outcome = "of_tomorrow";
  CHECK_THAT(written("junit", report), ContainsSubstring("<failure type=\"of_tomorrow\""));
  CHECK(nlohmann::json::parse(written("sarif", report))["runs"][0]["results"][0]["level"] == "error");
  CHECK(nlohmann::json::parse(written("gitlab-code-quality", report))[0]["severity"] == "minor");
  CHECK_THAT(written("markdown", report), ContainsSubstring("What fails: 1"));
  CHECK_THAT(written("text", report), ContainsSubstring("OF_TOMORROW is_accurate / mine"));
  CHECK_THAT(written("openmetrics", report), ContainsSubstring("softmax_audit_gate_entries{outcome=\"of_tomorrow\"} 1\n"));
}

TEST_CASE("formats / fingerprints stay when figures, lines and outcomes change, and tell entries apart") {
  Report report = gate_report();
  const auto prints = [](const Report& of) {
    std::set<std::string> all;
    for (const auto& finding : nlohmann::json::parse(written("gitlab-code-quality", of))) all.insert(finding["fingerprint"]);
    return all;
  };
  const std::set<std::string> before = prints(report);
  CHECK(before.size() == nlohmann::json::parse(written("gitlab-code-quality", report)).size());
  for (GateEntry& e : report.gate->entries) {
    if (e.outcome == "broken") e.outcome = "known_broken";
    e.line += 7;
    e.measured_low += 0.5;
    e.sentence += " Again.";
    e.subject_version = "1.3";
  }
  CHECK(prints(report) == before);
  report.gate->entries[0].format = "f64";
  CHECK(prints(report) != before);
}

TEST_CASE("text / a broken law of isolation tells by its incident") {
  const std::string text = written("text", report_without_gate());
  const std::size_t from = text.find("BROKEN    writes_only_its_results");
  REQUIRE(from != std::string::npos);
  const std::string block = text.substr(from, text.find("\n\n", from) - from);
  CHECK_THAT(block, ContainsSubstring("  incident  wrote 4 bytes after the end of y, which has 2 elements\n"));
  CHECK_THAT(block, !ContainsSubstring("measured"));
  CHECK_THAT(block, !ContainsSubstring("want"));
}
