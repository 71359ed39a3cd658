#include "reports/formats/html_page.hpp"
#include "reports/report.hpp"
#include "scripts/catch.hpp"

#include <array>
#include <cmath>
#include <map>

#include <limits>
#include <set>

namespace softmax_audit {

namespace report_formats {
extern const ReportFormat html;
} // namespace report_formats

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

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

VerdictEntry verdict(std::string implementation, std::string law, std::string outcome, std::string declared_break = "") {
  VerdictEntry entry;
  entry.property = std::move(law);
  entry.statement = "|y_i - p_i| <= B1(x)_i";
  entry.source = "properties/README.md#b1";
  entry.implementation = std::move(implementation);
  entry.instruction_set = "scalar";
  entry.operation = "softmax";
  entry.format = "f32";
  entry.outcome = std::move(outcome);
  entry.measured_low = entry.measured_high = entry.outcome == "broken" ? 66552 : 0.75;
  entry.bound = 2.97;
  entry.unit = "ulp";
  entry.basis = "theorem";
  entry.because = "n = 2, recursive sum";
  entry.claim = "nothing";
  entry.declared_break = std::move(declared_break);
  entry.cases = 2000;
  entry.witness = written({"0x0p+0", "-0x1p-5"});
  entry.at = 1;
  entry.want = "0x1.f8002ap-2";
  entry.got = "0x1.fa081ap-2";
  entry.shrunk_from = entry.outcome == "broken" ? 37 : 0;
  entry.rerun = "softmax-audit check subject --row \"0x0p+0 -0x1p-5\"";
  return entry;
}

AccuracyEntry accuracy(std::string regime, std::uint64_t length, double max_ulp) {
  AccuracyEntry entry;
  entry.implementation = "naive";
  entry.instruction_set = "scalar";
  entry.operation = "softmax";
  entry.format = "f32";
  entry.length = length;
  entry.regime = std::move(regime);
  entry.cases = 10;
  entry.elements = 10 * length;
  entry.max_ulp = entry.max_over_bound = entry.norm_wise = max_ulp;
  entry.p99_ulp = 0.49;
  entry.misrounded = 0.25;
  entry.not_a_number = max_ulp == infinity ? 3 : 0;
  entry.worst["max_ulp"] = {max_ulp, named(length, "generated:moderate,2,7"), "softmax-audit explain naive"};
  entry.histogram = {{-infinity, -1024, 1}, {-0.25, 0, 40}, {0, 0.25, 50}, {0.5, 0.75, 2}, {1024, infinity, 1}};
  return entry;
}

Report mixed() {
  Report report;
  report.tool_version = "1.2.3";
  report.tool_commit = "abc123";
  report.environment = {{"cpu", "avx2"}, {"seed", "1"}};
  report.implementations = {{"shifted", "two passes"}};
  report.verdicts = {verdict("shifted", "is_accurate", "holds"), verdict("naive", "is_accurate", "broken", "exp(x) overflows"),
                     verdict("library", "is_accurate", "broken")};
  report.accuracy = {accuracy("moderate", 2, 0.75), accuracy("moderate", 1000, infinity), accuracy("offset", 2, infinity),
                     accuracy("digits_logits_f32.npy", 10, 1.5)};
  return report;
}

StandingEntry standing(std::string format, std::uint64_t differed) {
  StandingEntry entry;
  entry.implementation = "shifted";
  entry.instruction_set = "scalar";
  entry.operation = "softmax";
  entry.format = std::move(format);
  entry.claim = "bitwise=ties";
  entry.strongest_claim = "exp=1,sum=pairwise";
  entry.profiles = {"ieee"};
  entry.subnormals = {"gradual"};
  entry.contracts = {{"ties", true, 100, 0}, {"permutation", false, 100, differed}};
  return entry;
}

FaultEntry fault(std::string name, std::string law, std::vector<FaultEntry::Kill> kills) {
  FaultEntry entry;
  entry.name = std::move(name);
  entry.summary = "leaves the last <element> out";
  entry.source = "a known mistake";
  entry.instruction_set = "scalar";
  entry.operations = {"softmax"};
  entry.formats = {"f32"};
  entry.named_law = std::move(law);
  entry.because = "the sum lacks it";
  entry.kills = std::move(kills);
  for (const auto& kill : entry.kills) entry.killed |= kill.law == entry.named_law;
  entry.laws_tried = 31;
  return entry;
}

// Everything beside verdicts and accuracy.
Report mixed_with_more() {
  Report report = mixed();
  report.verdicts.push_back(verdict("shifted", "moves_with_shift", "broken"));
  report.verdicts.back().operation = "log_sum_exp";
  report.verdicts.back().witness->dy = {"0x1p+0", "0x1p-1"};
  report.verdicts.back().witness->target = 1;
  report.verdicts.back().witness->with = {"0x1p+1"};
  report.verdicts.back().witness->number = 7;
  report.standings = {standing("f32", 13), standing("f64", 20)};
  report.faults = {fault("last_element_left_out", "sums_to_one", {{"is_accurate", 2}, {"sums_to_one", 1}}),
                   fault("tail_forgotten", "is_accurate", {{"sums_to_one", 5}}),
                   fault("alone", "is_accurate", {{"is_accurate", 9}})};
  report.detection = {{"nothing", "f32", "one element", 2, 64, false, 1.5, 100, 97, 0.915, 0.994, "gate"},
                      {"nothing", "f32", "one element", 2, 64, true, infinity, 100, 3, 0.006, 0.085, "gate"}};
  report.accuracy.push_back(accuracy("all regimes", 10, 12.5));
  report.accuracy.back().operation = "log_sum_exp";
  report.accuracy.back().worst["max_over_bound"] = {0.5, named(10, "generated:moderate,10,7"),
                                                    "softmax-audit explain naive --operation log_sum_exp"};
  return report;
}

std::string page(const Report& report) { return report_formats::html.write(report); }

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// Everything between an opening and its closing text, one after the other.
std::string inside(const std::string& text, std::string_view opening, std::string_view closing) {
  std::string out;
  for (std::size_t at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
    const std::size_t end = text.find(closing, at + opening.size());
    out += text.substr(at, end - at);
    at = end;
  }
  return out;
}

} // namespace

TEST_CASE("html / an empty report says so") {
  const std::string text = page(Report{});
  REQUIRE(contains(text, "<h1>Nothing was judged: this report is empty.</h1>"));
  REQUIRE(!contains(text, "<svg viewBox"));
}

TEST_CASE("html / is deterministic") { REQUIRE(page(mixed_with_more()) == page(mixed_with_more())); }

TEST_CASE("html / loads nothing") {
  const std::string text = page(mixed_with_more());
  for (const std::string_view loading : {"http://", "https://", "src=", "<link", "@import", "url(\"", "<img", "<iframe"}) {
    INFO(loading);
    REQUIRE(!contains(text, loading));
  }
  REQUIRE(contains(text, "default-src 'none'"));
}

TEST_CASE("html / escapes names and whatever a subject printed") {
  Report report = mixed();
  report.verdicts.push_back(verdict("<script>alert(1)</script>", "a\"b'c&d", "crashed"));
  report.verdicts.back().incident = "signal 11 </dd><b>\xff\x01";
  report.accuracy[0].regime = "</title><script>";
  const std::string text = page(report);
  REQUIRE(!contains(text, "<script>alert"));
  REQUIRE(!contains(text, "</title><script>"));
  REQUIRE(contains(text, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  REQUIRE(contains(text, "a&quot;b&#39;c&amp;d"));
  REQUIRE(contains(text, "signal 11 &lt;/dd&gt;&lt;b&gt;\xEF\xBF\xBD\xEF\xBF\xBD"));
  REQUIRE(!contains(text, "\xff"));
}

TEST_CASE("html / every outcome has its text") {
  const std::pair<VerdictEntry, std::string_view> expected[] = {
      {verdict("a", "l", "holds"), "✓ holds"},
      {verdict("a", "l", "broken"), "✗ BROKEN"},
      {verdict("a", "l", "broken", "why"), "◆ broken, as declared"},
      {verdict("a", "l", "holds", "why"), "◇ held, declared broken"},
      {verdict("a", "l", "undecided"), "? undecided"},
      {verdict("a", "l", "vacuous"), "∅ vacuous"},
      {verdict("a", "l", "skipped"), "– skipped"},
      {verdict("a", "l", "crashed"), "! crashed"},
      {verdict("a", "l", "timed_out"), "… timed out"},
  };
  for (const auto& [entry, words] : expected) {
    Report report;
    report.verdicts = {entry};
    INFO(words);
    const std::string text = page(report);
    REQUIRE(contains(inside(text, "<ul class=\"chips\" aria-label=\"Symbols\">", "</ul>"), words));
    const std::string_view symbol = words.substr(0, words.find(' '));
    REQUIRE(contains(inside(text, "<table class=\"matrix flat\">", "</table>"), symbol));
    // Holding is what most laws do: one symbol says it. Whatever else happened stands there in words.
    REQUIRE(contains(inside(text, "<table class=\"num laws\">", "</table>"),
                     entry.outcome == "holds" && entry.declared_break.empty() ? std::string(symbol) + " 0.75 of 2.97"
                                                                              : std::string(words)));
  }
}

TEST_CASE("html / the verdict comes first") {
  const std::string text = page(mixed());
  REQUIRE(contains(text, "<h1>1 of 3 implementations holds every law.</h1>"));
  REQUIRE(contains(text, "<b>naive</b> breaks laws, as it declares."));
  REQUIRE(contains(inside(text, "<div class=\"box\">", "</div>"), "<b>library</b>"));
  REQUIRE(!contains(inside(text, "<div class=\"box\">", "</div>"), "naive"));
  REQUIRE(contains(text, "abc123"));
}

TEST_CASE("html / a break shows law, numbers, reason, evidence and a line to paste") {
  const std::string evidence = inside(page(mixed()), "<div class=\"x bad-x\"", "</div>");
  for (const std::string_view part : {"|y_i - p_i| &lt;= B1(x)_i", "66552 ulp", "<i>proved</i> 2.97 ulp", "claimed nothing",
                                      "n = 2, recursive sum", "at i = 1", "0.492188125849", "0x1.fa081ap-2", "0x0p+0 -0x1p-5",
                                      "shrunk from n = 37", "softmax-audit check subject --row &quot;0x0p+0 -0x1p-5&quot;"}) {
    INFO(part);
    REQUIRE(contains(evidence, part));
  }
}

TEST_CASE("html / a break by a hair does not read like a tie") {
  Report report;
  report.verdicts = {verdict("a", "l", "broken")};
  report.verdicts[0].measured_low = report.verdicts[0].measured_high = 2.9700001;
  const std::string text = page(report);
  REQUIRE(contains(text, "2.9700001 ulp"));
  REQUIRE(contains(text, "100.1% of the bound"));
}

TEST_CASE("html / infinities stay out of coordinates") {
  const std::string text = page(mixed());
  const std::string charts = inside(text, "<svg viewBox", "</svg>");
  for (const std::string_view attribute : {" d=\"", " x=\"", " y=\""}) {
    const std::string coordinates = inside(charts, attribute, "\" ") + inside(charts, attribute, "\"/");
    REQUIRE(!contains(inside(charts, attribute, "\"").substr(4), "inf"));
    REQUIRE(!contains(inside(charts, attribute, "\""), "nan"));
    REQUIRE(!coordinates.empty());
  }
  REQUIRE(contains(charts, ">inf</text>"));
  REQUIRE(contains(text, "are NaN and not shown"));
}

TEST_CASE("html / every chart has a name and every link a target") {
  const std::string text = page(mixed_with_more());
  REQUIRE(contains(text, "role=\"img\" aria-label=\"Histogram of signed errors in ulp, naive / scalar / f32\""));
  std::set<std::string> ids;
  for (std::size_t at = text.find(" id="); at != std::string::npos; at = text.find(" id=", at + 1)) {
    const std::size_t from = at + 4 + (text[at + 4] == '"' ? 1 : 0);
    const auto [place, is_new] = ids.insert(text.substr(from, text.find_first_of("\" >", from) - from));
    INFO(*place);
    REQUIRE(is_new);
  }
  for (std::size_t at = text.find(" href="); at != std::string::npos; at = text.find(" href=", at + 1)) {
    const std::size_t from = text.find('#', at) + 1;
    INFO(text.substr(at, 30));
    REQUIRE(ids.count(text.substr(from, text.find_first_of("\" >", from) - from)) == 1);
  }
}

TEST_CASE("html / each operation has a matrix of its own laws") {
  const std::string text = page(mixed_with_more());
  const std::string softmax = inside(text, "aria-label=\"Verdicts, softmax\"", "</table>"),
                    relative = inside(text, "aria-label=\"Verdicts, log_sum_exp\"", "</table>");
  REQUIRE(contains(softmax, ">is_accurate</a>"));
  REQUIRE(!contains(softmax, "moves_with_shift"));
  REQUIRE(contains(relative, ">moves_with_shift</a>"));
  REQUIRE(!contains(relative, ">is_accurate</a>"));
  REQUIRE(!contains(relative, "naive"));
}

TEST_CASE("html / a break shows what a law or an operation adds to a row") {
  const std::string evidence = inside(page(mixed_with_more()), "<div class=\"x bad-x\"", "</div>");
  for (const std::string_view part :
       {"<dt>dy</dt><dd>0x1p+0 0x1p-1 <i>(1, 0.5)</i>", "<dt>target</dt><dd>1<", "<dt>with</dt><dd>0x1p+1 <i>(2)</i>",
        "<dt>number</dt><dd>7<", "/ log_<wbr>sum_<wbr>exp"}) {
    INFO(part);
    REQUIRE(contains(evidence, part));
  }
}

TEST_CASE("html / a command that nobody could paste stays in the JSON") {
  Report report = mixed();
  report.verdicts[2].rerun = "softmax-audit check subject --row \"" + std::string(5000, '1') + "\"";
  const std::string text = page(report);
  REQUIRE(contains(text, "a command of 5,036 characters: the JSON report has it"));
  REQUIRE(!contains(text, std::string(100, '1')));
}

TEST_CASE("html / formats that break alike, as declared, are told once") {
  Report report = mixed();
  report.verdicts.push_back(verdict("naive", "is_accurate", "broken", "exp(x) overflows"));
  report.verdicts.back().format = "f64";
  report.verdicts.back().measured_low = report.verdicts.back().measured_high = 4711;
  const std::string evidence = inside(page(report), "<details class=\"x dec-x\"", "</details>");
  REQUIRE(contains(evidence, "naive / f32, f64 / scalar"));
  REQUIRE(contains(evidence, "<dt>in f64</dt><dd id=v3>4711 ulp"));
}

TEST_CASE("html / what a subject turned out to be stands beside what it claims") {
  const std::string table = inside(page(mixed_with_more()), "<table class=\"turned\">", "</table>");
  // Formats that differ in a share only are one line.
  for (const std::string_view part : {"claims <code>bitwise=ties</code>", "<td>f32 f64<td><code>exp=1,<wbr>sum=pairwise</code>",
                                      "<td>ieee<td>gradual", "<td><b>yes</b><td>no, 13–20%"}) {
    INFO(part);
    REQUIRE(contains(table, part));
  }
}

TEST_CASE("html / a promise that is not kept is loud, and a claim that is not met says so") {
  Report report;
  report.standings = {standing("f32", 0)};
  report.standings[0].contracts[0].differed = 1;
  report.standings[0].strongest_claim = "";
  const std::string table = inside(page(report), "<table class=\"turned\">", "</table>");
  REQUIRE(contains(table, "<td class=bad><b>no, 1%</b><td>yes"));
  REQUIRE(contains(table, "no claim of the ladder"));
}

TEST_CASE("html / the kill matrix tells the named law from others, and what is missed") {
  const std::string text = page(mixed_with_more());
  const std::string section = inside(text, "<section id=\"faults\">", "</section>");
  REQUIRE(contains(section, "3 planted faults: 2 broken by the law that they name, 4 kills by any law"));
  REQUIRE(contains(section, "1 fault not broken by the law that it names</h2>"));
  const std::string rows = inside(section, "<table class=\"matrix up kills\">", "</table>");
  // Columns: is_accurate, moves_with_shift, sums_to_one; rows by the law that they name.
  REQUIRE(contains(
      rows, ">tail_forgotten</a><td class=bad title=\"MISSED by the law that it names\">✗<td><td class=k title=\"after 5 "
            "cases\">·<td class=sum>1"));
  REQUIRE(contains(rows, ">alone</a><td class=K title=\"after 9 cases\">●<td><td><td class=sum>1"));
  REQUIRE(contains(rows,
                   ">last_element_left_out</a><td class=k title=\"after 2 cases\">·<td><td class=K title=\"after 1 case\">●<td "
                   "class=sum>2"));
  REQUIRE(rows.find("tail_forgotten") < rows.find("last_element_left_out"));
  REQUIRE(contains(rows, "faults that it breaks<td>2<td class=none>0<td>2"));
  REQUIRE(contains(rows, "that only it breaks<td>1<td class=none>0<td>1"));
  REQUIRE(contains(section, "<code>moves_<wbr>with_<wbr>shift</code> breaks none of them"));
  REQUIRE(contains(section, "leaves the last &lt;element&gt; out"));
}

TEST_CASE("html / the smallest error that is found has its share and interval") {
  const std::string section = inside(page(mixed_with_more()), "<section id=\"detection\">", "</section>");
  for (const std::string_view part :
       {"The default class is held against it; effort gate", "n = 2 to 64<small>promises off</small>",
        "<tr><th scope=row>f32<td>one element<td><b>1.5</b> ulp<small>97/100 · 0.915–0.994</small><td class=open>not "
        "found<small>3/100"}) {
    INFO(part);
    REQUIRE(contains(section, part));
  }
}

TEST_CASE("html / what was measured over all regimes stands in tables") {
  const std::string text = page(mixed_with_more());
  const std::string table = inside(text, "<table class=\"heat pooled\">", "</table>");
  REQUIRE(contains(
      table,
      "naive / scalar</caption><thead><tr><th scope=col>format<th scope=col>n = 10<th scope=col>p99<th scope=col>of bound<th "
      "scope=col>norm-wise<th scope=col>mis&shy;rounded<th scope=col>NaN</thead><tbody>\n<tr><th scope=row>f32<td "
      "class=h4>12.5<td>0.49<td>12.5<td>12.5<td>25%<td>0"));
  REQUIRE(contains(text, "softmax-audit explain naive --operation log_sum_exp"));
  REQUIRE(!contains(inside(text, "<svg viewBox", "</svg>"), "all regimes"));
}

TEST_CASE("html / a report of planted faults alone says what it is") {
  Report report;
  report.faults = mixed_with_more().faults;
  REQUIRE(contains(page(report), "<h1>No implementation was judged; the laws were, by planted faults.</h1>"));
}

TEST_CASE("html / real logits have a table of their own") {
  const std::string text = page(mixed());
  REQUIRE(contains(text, "On real logits"));
  REQUIRE(!contains(inside(text, "<svg viewBox", "</svg>"), ".npy"));
}

TEST_CASE("html / rows that were hunted count for maxima only") {
  Report report;
  report.accuracy = {accuracy("moderate", 2, 1), accuracy("moderate", 2, 900)};
  report.accuracy[1].found_by = "hunted";
  report.accuracy[1].misrounded = 1;
  const std::string text = page(report);
  REQUIRE(contains(text, ">900<td class=w>n = 2, moderate, hunted<td>0.49<td>900<td>900<td>25%"));
  REQUIRE(contains(text, "Signed errors of 20 elements"));
}

namespace {

CurveEntry curve(std::vector<std::string> logits) {
  CurveEntry entry{"shifted", "", "scalar", "softmax", "f32", std::move(logits), "scale", {}, ""};
  const std::size_t n = entry.logits.size();
  for (const double temperature : {0.25, 0.5, 1.0, 2.0, 4.0}) {
    CurveEntry::Point point{temperature, std::vector<double>(n, 1.0 / static_cast<double>(n)),
                            std::vector<std::string>(n, "0x1p-2"), std::vector<double>(n, 0.75), std::vector<double>(n, 3)};
    entry.points.push_back(point);
  }
  entry.points[0].computed[0] = "nan";
  entry.points[0].ulp[0] = std::numeric_limits<double>::quiet_NaN();
  entry.points[1].computed[1] = "inf";
  entry.points[1].ulp[1] = infinity;
  entry.points[2].bound[0] = infinity;
  return entry;
}

SpecialValuesEntry special(std::string format, std::string largest) {
  SpecialValuesEntry entry{"shifted", "", "scalar", "softmax", std::move(format), {"ieee"}, {}};
  entry.rows = {{"one +inf",
                 {"0x0p+0", "inf"},
                 {"nan", "nan"},
                 "",
                 false,
                 {{{"ieee", "safe", "uniform"}, {"nan", "nan"}, true},
                  {{"unshifted"}, {"0x0p+0", "nan"}, false},
                  {{"limits"}, {"0x0p+0", "0x1p+0"}, false}}},
                {"the largest twice", {largest, largest}, {largest}, "", true, {{{"ieee"}, {"0x1p-1"}, true}}},
                {"NaN <alone>", {"nan"}, {}, "signal 8", false, {{{"ieee"}, {"nan"}, false}}}};
  return entry;
}

GateEntry demand(std::string outcome) {
  GateEntry entry;
  entry.kind = "limit";
  entry.outcome = std::move(outcome);
  entry.metric = "max_ulp";
  entry.implementation = "mine";
  entry.measured_low = entry.measured_high = 2.0000001;
  entry.limit = 2;
  entry.unit = "ulp";
  entry.reason = "two are <enough>";
  entry.sentence = "sum pairwise";
  entry.file = "gate.toml";
  entry.line = 12;
  entry.column = 3;
  entry.rerun = "softmax-audit explain mine";
  return entry;
}

} // namespace

TEST_CASE("html / a gate's verdict is the first sentence, and what fails says where, why and what to do") {
  Report report = mixed();
  report.gate = Gate{
      "gate.toml", "", "", "The gate fails: 1 limit is exceeded.", 1, {demand("holds"), demand("broken"), demand("expired")}};
  const std::string text = page(report);
  REQUIRE(contains(text, "<h1>The gate fails: 1 limit is exceeded.</h1>"));
  REQUIRE(contains(text, "<p class=\"lead\">1 of 3 implementations holds every law.</p>"));
  const std::string failing = inside(inside(text, "<section id=\"gate\">", "</section>"), "<div class=\"x bad-x\"", "</div>");
  for (const std::string_view part : {"✗ broken", "2.0000001 ulp", "limit</i> 2 ulp", "gate.toml:12:3",
                                      "two are &lt;enough&gt;", "sum pairwise", "softmax-audit explain mine"}) {
    INFO(part);
    REQUIRE(contains(failing, part));
  }
  REQUIRE(!contains(failing, "holds"));
  REQUIRE(contains(text, "The 2 demands that do not fail it"));
  REQUIRE(text.find("<section id=\"gate\">") < text.find("<section id=\"matrix\">"));
}

TEST_CASE("html / every outcome of a gate passes or fails it, as the gate says") {
  for (const bool passing : {true, false})
    for (const std::string_view outcome :
         passing ? std::span<const std::string_view>(gate_passes) : std::span<const std::string_view>(gate_fails)) {
      Report report;
      report.gate = Gate{"gate.toml", "", "", "", 0, {demand(std::string(outcome))}};
      INFO(outcome);
      REQUIRE(contains(inside(page(report), "<section id=\"gate\">", "</section>"), "<div class=\"x bad-x\"") == !passing);
    }
}

TEST_CASE("html / a comparison says first what changed, and shows what got worse") {
  Report report = mixed();
  Comparison comparison;
  comparison.before = "old.json";
  comparison.after = "new.json";
  comparison.sentence = "1 verdict got worse; 3 verdicts and 1 cell are unchanged.";
  comparison.verdicts = {
      {"worse", "sums_to_one", "mine", "scalar", "softmax", "f32", "holds", "broken", 1, 9, 2, 2, "u", "run <it>"}};
  comparison.accuracy = {
      {"both", "mine", "scalar", "softmax", "f32", 2, "moderate", {{"max_ulp", 1, 2}, {"mean_ulp", 1, 0.5}}, "show it"}};
  comparison.environment = {{"cpu", "", "new"}};
  comparison.alone = {{"before", "b", "avx2", "softmax", "f64", 6, 7}};
  report.comparison = comparison;
  const std::string text = page(report), section = inside(text, "<section id=\"comparison\">", "</section>");
  REQUIRE(contains(text, "<h1>1 verdict got worse; 3 verdicts and 1 cell are unchanged.</h1>"));
  for (const std::string_view part :
       {"<td>holds<td><b>broken</b><td>1<td>9<td>2<td>u", "run &lt;it&gt;", "max_ulp<td>1<td>2<td>2",
        "mean_ulp<td>1<td>0.5<td>0.5", "<i>absent</i><td>new", "the earlier<th scope=row class=name>b / avx2"}) {
    INFO(part);
    REQUIRE(contains(section, part));
  }
}

TEST_CASE("html / curves are drawn with their errors, and what is no number stays out of coordinates") {
  Report report;
  report.curves = {curve({"0x0p+0", "0x1p+0"}), curve({"0x0p+0", "0x1p+0", "0x1p+1"})};
  const std::string section = inside(page(report), "<section id=\"curves\">", "</section>");
  for (const std::string_view part :
       {"Two classes over the temperature, shifted / scalar / softmax / f32", "Three classes over", "Path over the simplex",
        "T = ½", "no finite limit, asked with scale = 1/T", "<th scope=row>1/4<td>0.5<td>NaN<td>NaN"}) {
    INFO(part);
    REQUIRE(contains(section, part));
  }
  for (const std::string_view attribute : {" d=\"", " x=\"", " y=\""}) {
    REQUIRE(!contains(inside(section, attribute, "\""), "nan"));
    REQUIRE(!contains(inside(section, attribute, "\""), "inf"));
  }
}

TEST_CASE("html / special values say what is answered and demanded, formats that answer alike once") {
  Report report;
  report.special_values = {special("f32", "0x1p+127"), special("f64", "0x1p+1000")};
  const std::string section = inside(page(report), "<section id=\"special\">", "</section>");
  REQUIRE(contains(section, "shifted in f32 f64: meets ieee"));
  for (const std::string_view part :
       {"<th scope=row>one +inf<td>0, +∞<td>NaN throughout<td class=ok>✓<td class=ok>✓<td class=ok>✓<td>✗ 0, NaN<td>✗ 0, 1",
        "within its bound<td colspan=5 class=ok>✓",
        "<th scope=row>NaN &lt;alone&gt;<td>NaN<td class=bad>signal 8<td>✗ NaN<td>"}) {
    INFO(part);
    REQUIRE(contains(section, part));
  }
  report.special_values[1].rows[0].demands[0].met = false; // now they differ
  REQUIRE(contains(inside(page(report), "<section id=\"special\">", "</section>"), "shifted in f64: meets ieee"));
}

TEST_CASE("html / densities of several cells add, and the bounds are drawn") {
  Report report;
  report.accuracy = {accuracy("moderate", 2, 1), accuracy("offset", 2, 1)};
  for (AccuracyEntry& entry : report.accuracy)
    entry.density = {{0, 0, {{-0.125, 0, 3}}, {{2, 2.5, 3}}, 2.25, 0},
                     {1, 1.5, {{0, 0.125, 4}, {1024, infinity, 1}}, {{3, 3.5, 1}, {1e6, infinity, 2}}, infinity, 1}};
  const std::string text = page(report);
  REQUIRE(contains(text, "Density of signed errors in ulp over m − x, naive / scalar / f32"));
  REQUIRE(contains(text, "<tr><th scope=row>0, the largest<td>6<td>-0.125<td>0<td>2.25<td>2.25"));
  REQUIRE(contains(text, "<tr><th scope=row>1 to 1.5<td>10<td>0<td>inf<td>inf<td>inf"));
  REQUIRE(contains(text, "Share of elements by size of the error"));
  REQUIRE(!contains(text, "Histogram of signed errors"));
  const std::string chart = inside(text, "Density of signed errors in ulp over m − x, naive / scalar / f32</title>", "</svg>");
  REQUIRE(contains(chart, "class=\"b1\""));
  REQUIRE(!contains(inside(chart, " d=\"", "\"").substr(4), "inf"));
}

TEST_CASE("html / of one subject, all errors and the rows that show them stand in one table") {
  Report report;
  report.accuracy = {accuracy("moderate", 2, 1), accuracy("all regimes", 2, 7)};
  report.accuracy[1].operation = "log_softmax";
  const std::string table = inside(page(report), "<table class=\"num sort\"><caption>The largest errors known", "</table>");
  for (const std::string_view part : {">log_softmax<td class=w>f32", ">softmax<td class=w>f32", "n = 2, all regimes, sampled",
                                      "softmax-audit explain naive"}) {
    INFO(part);
    REQUIRE(contains(table, part));
  }
}

// ---- the colours

namespace {

using Colours = std::map<std::string, std::array<double, 3>>;

// The tokens of one theme: "--bg:#fbfbf9" and so on, of the rule that begins with `selector`.
Colours colours_of(std::string_view selector, Colours colours = {}) {
  const std::string style(markup::style);
  const std::size_t from = style.find(selector), to = style.find('}', from);
  REQUIRE(from != std::string::npos);
  for (std::size_t at = style.find("--", from); at < to; at = style.find("--", at + 2)) {
    const std::size_t colon = style.find(':', at);
    if (style[colon + 1] != '#') continue;
    std::string digits = style.substr(colon + 2, style.find_first_of(";}", colon) - colon - 2);
    if (digits.size() == 3) digits = {digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]};
    auto& colour = colours[style.substr(at + 2, colon - at - 2)];
    for (std::size_t k = 0; k < 3; ++k) colour[k] = std::stoi(digits.substr(2 * k, 2), nullptr, 16) / 255.0;
  }
  return colours;
}

// WCAG 2.2: relative luminance of sRGB, and the contrast of two.
double luminance(const std::array<double, 3>& colour) {
  const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
  return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
}
double contrast(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

} // namespace

TEST_CASE("html / text meets a contrast of 4.5 with what it stands on, lines one of 3, in both themes") {
  const Colours light = colours_of(":root{color-scheme:light"), dark = colours_of(":root{color-scheme:dark", light);
  REQUIRE(light.size() >= 40);
  REQUIRE(contrast(light.at("fg"), light.at("bg")) > 12);
  REQUIRE(contrast({0, 0, 0}, {1, 1, 1}) == 21);
  const std::pair<std::string_view, std::vector<std::string_view>> texts[] = {{"fg", {"bg", "card", "head"}},
                                                                              {"mute", {"bg", "card", "head", "grey-bg"}},
                                                                              {"link", {"bg", "card", "head"}},
                                                                              {"ok", {"bg", "card", "head"}},
                                                                              {"warn", {"warn-bg", "card"}},
                                                                              {"bad", {"bad-bg"}},
                                                                              {"bad-fg", {"bg", "card", "head"}},
                                                                              {"odd", {"odd-bg"}},
                                                                              {"open", {"open-bg"}},
                                                                              {"dead", {"dead-bg"}},
                                                                              {"hd", {"h0", "h1", "h2", "h3", "h4"}},
                                                                              {"hl", {"h6", "h7"}},
                                                                              {"s0", {"bg", "card"}},
                                                                              {"s1", {"bg", "card"}},
                                                                              {"s2", {"bg", "card"}},
                                                                              {"s3", {"bg", "card"}},
                                                                              {"s4", {"bg", "card"}},
                                                                              {"s5", {"bg", "card"}},
                                                                              {"s6", {"bg", "card"}},
                                                                              {"s7", {"bg", "card"}},
                                                                              {"s8", {"bg", "card"}},
                                                                              {"s9", {"bg", "card"}}};
  for (const Colours* theme : {&light, &dark})
    for (const auto& [text, grounds] : texts)
      for (const std::string_view ground : grounds) {
        INFO((theme == &light ? "light: " : "dark: ") << text << " on " << ground);
        CHECK(contrast(theme->at(std::string(text)), theme->at(std::string(ground))) >= 4.5);
      }
  for (const Colours* theme : {&light, &dark})
    for (const std::string_view line : {"bo", "h6", "bad-fg"}) {
      INFO((theme == &light ? "light: " : "dark: ") << line);
      CHECK(contrast(theme->at(std::string(line)), theme->at("card")) >= 3);
    }
  // Black stands on the fifth shade in both.
  for (const Colours* theme : {&light, &dark}) CHECK(contrast({0, 0, 0}, theme->at("h5")) >= 4.5);
}

} // namespace softmax_audit
