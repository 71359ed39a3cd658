// One table of everything that was judged and measured, one line a figure: RFC 4180, for spreadsheets and data frames.
#include "reports/formats/judged.hpp"

#include <regex>

namespace softmax_audit {
namespace {

using namespace judged;

// kind is gate, verdict or accuracy; of is law, limit or baseline for a gate, and how it was found for accuracy.
constexpr std::string_view header =
    "kind,of,outcome,metric,implementation,subject_version,instruction_set,operation,format,length,regime,"
    "measured,measured_high,limit,unit,basis,cases,reason,sentence,file,line,column,row,rerun";

bool is_number(const std::string& text) {
  static const std::regex number("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?inf|nan");
  // The library's matcher descends once a character: what is longer than any number is none.
  return text.size() <= 40 && std::regex_match(text, number);
}

// A spreadsheet runs a cell that begins like a formula. An apostrophe makes it text there, and stays visible elsewhere.
std::string cell(std::string_view given) {
  std::string text = clean(given, true);
  if (!text.empty() && std::string_view("=+-@\t\n").find(text[0]) != std::string_view::npos && !is_number(text))
    text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\n\r'") == std::string::npos && !text.starts_with(' ') && !text.ends_with(' ')) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

struct Line {
  std::string_view kind, of, outcome, metric;
  std::string_view implementation, subject_version, instruction_set, operation, format;
  std::uint64_t length = 0;
  std::string_view regime{};
  std::optional<double> measured{}, measured_high{}, limit{};
  std::string_view unit, basis;
  std::optional<std::uint64_t> cases{};
  std::string_view reason{}, sentence{}, file{};
  std::uint64_t line = 0, column = 0;
  std::string_view row{}, rerun{};
};

void put(std::string& text, const Line& l) {
  const auto number = [](std::optional<double> value) { return value ? exact_figure(*value) : std::string(); };
  const auto from_one = [](std::uint64_t value) { return value > 0 ? fmt::format("{}", value) : std::string(); };
  const std::string cells[] = {cell(l.kind),
                               cell(l.of),
                               cell(l.outcome),
                               cell(l.metric),
                               cell(l.implementation),
                               cell(l.subject_version),
                               cell(l.instruction_set),
                               cell(l.operation),
                               cell(l.format),
                               from_one(l.length),
                               cell(l.regime),
                               number(l.measured),
                               number(l.measured_high),
                               number(l.limit),
                               cell(l.unit),
                               cell(l.basis),
                               l.cases ? fmt::format("{}", *l.cases) : "",
                               cell(l.reason),
                               cell(l.sentence),
                               cell(l.file),
                               from_one(l.line),
                               from_one(l.column),
                               cell(l.row),
                               cell(l.rerun)};
  for (std::size_t k = 0; k < std::size(cells); ++k) text.append(k > 0 ? "," : "").append(cells[k]);
  text += "\r\n";
}

std::optional<double> if_measured(const GateEntry& e, double value) {
  return is_measured(e) ? std::optional(value) : std::nullopt;
}

void put(std::string& text, const GateEntry& e) {
  put(text, {.kind = "gate",
             .of = e.kind,
             .outcome = e.outcome,
             .metric = e.metric,
             .implementation = e.implementation,
             .subject_version = e.subject_version,
             .instruction_set = e.instruction_set,
             .operation = e.operation,
             .format = e.format,
             .length = e.length,
             .regime = e.regime,
             .measured = if_measured(e, e.measured_low),
             .measured_high = if_measured(e, e.measured_high),
             .limit = e.limit,
             .unit = e.unit,
             .basis = e.basis,
             .reason = e.reason,
             .sentence = e.sentence,
             .file = e.file,
             .line = e.line,
             .column = e.column,
             .row = e.row,
             .rerun = e.rerun});
}

void put(std::string& text, const VerdictEntry& v) {
  const GateEntry e = entry_of(v);
  const bool is_judged = v.outcome == "holds" || v.outcome == "broken" || v.outcome == "undecided";
  put(text, {.kind = "verdict",
             .of = "law",
             .outcome = v.outcome,
             .metric = v.property,
             .implementation = v.implementation,
             .subject_version = v.subject_version,
             .instruction_set = v.instruction_set,
             .operation = v.operation,
             .format = v.format,
             .measured = is_judged ? std::optional(v.measured_low) : std::nullopt,
             .measured_high = is_judged ? std::optional(v.measured_high) : std::nullopt,
             .limit = v.bound,
             .unit = v.unit,
             .basis = v.basis,
             .cases = v.cases,
             .reason = v.declared_break,
             .sentence = v.incident,
             .row = e.row,
             .rerun = v.rerun});
}

void put(std::string& text, const AccuracyEntry& a) {
  const struct {
    std::string_view metric, unit;
    double value;
  } figures[] = {{"max_ulp", "ulp", a.max_ulp},
                 {"mean_ulp", "ulp", a.mean_ulp},
                 {"signed_mean_ulp", "ulp", a.signed_mean_ulp},
                 {"p99_ulp", "ulp", a.p99_ulp},
                 {"misrounded", "share", a.misrounded},
                 {"max_over_bound", "times", a.max_over_bound},
                 {"norm_wise", "u", a.norm_wise},
                 {"not_a_number", "elements", static_cast<double>(a.not_a_number)}};
  for (const auto& [metric, unit, value] : figures) {
    const auto worst = a.worst.find(std::string(metric));
    const bool is_known = worst != a.worst.end();
    const std::string row = !is_known                         ? ""
                            : worst->second.witness.x.empty() ? worst->second.witness.row
                                                              : fmt::format("{}", fmt::join(worst->second.witness.x, " "));
    put(text, {.kind = "accuracy",
               .of = a.found_by,
               .outcome = "",
               .metric = metric,
               .implementation = a.implementation,
               .subject_version = a.subject_version,
               .instruction_set = a.instruction_set,
               .operation = a.operation,
               .format = a.format,
               .length = a.length,
               .regime = a.regime,
               .measured = value,
               .measured_high = value,
               .limit = {},
               .unit = unit,
               .basis = "",
               .cases = a.cases,
               .reason = "",
               .sentence = "",
               .file = "",
               .row = row,
               .rerun = is_known ? std::string_view(worst->second.rerun) : ""});
  }
}

std::string write(const Report& report) {
  std::string text = std::string(header) + "\r\n";
  if (report.gate)
    for (const GateEntry& e : report.gate->entries) put(text, e);
  for (const VerdictEntry& v : report.verdicts) put(text, v);
  for (const AccuracyEntry& a : report.accuracy) put(text, a);
  return text;
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat csv{
    .name = "csv",
    .summary = "one table for spreadsheets and data frames: what the gate demands, verdicts, accuracy",
    .extension = "csv",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
