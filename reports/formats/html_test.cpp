#include "reports/report.hpp"
#include "scripts/catch.hpp"

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
    REQUIRE(contains(inside(text, "<table class=\"matrix up\">", "</table>"), symbol));
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
  REQUIRE(contains(table, "<th scope=row>naive / scalar<td class=h4>12.5<td>0.49<td>12.5<td>12.5<td>25%<td>0"));
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
  REQUIRE(contains(text, ">900<td>0.49<td>900<td>900<td>25%"));
  REQUIRE(contains(text, "Signed errors of 20 elements"));
}

} // namespace softmax_audit
