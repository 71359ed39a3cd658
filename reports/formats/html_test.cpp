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
  entry.witness = Witness{1, 2, {"0x0p+0", "-0x1p-5"}, "", "0x1p+0", "", {}};
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
  entry.worst["max_ulp"] = {max_ulp, Witness{1, length, {}, "generated:moderate,2,7", "0x1p+0", "", {}},
                            "softmax-audit explain naive"};
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

TEST_CASE("html / is deterministic") { REQUIRE(page(mixed()) == page(mixed())); }

TEST_CASE("html / loads nothing") {
  const std::string text = page(mixed());
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
    REQUIRE(contains(inside(page(report), "<td class=w><span", "</span>"), words));
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
  const std::string text = page(mixed());
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
