// Gauges in OpenMetrics text 1.0, for Prometheus and for GitLab's metrics report. One series for each subject, not for each
// length and regime: what is watched must stay few.
#include "reports/formats/judged.hpp"

namespace softmax_audit {
namespace {

using namespace judged;

std::string label_value(std::string_view text) {
  std::string out;
  for (const char c : clean(text, true)) out += c == '\\' ? "\\\\" : c == '"' ? "\\\"" : c == '\n' ? "\\n" : std::string(1, c);
  return out;
}
std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

std::string family(std::string_view name, std::string_view type, std::string_view unit, std::string_view help) {
  std::string text = fmt::format("# TYPE softmax_audit{} {}\n", name, type);
  if (!unit.empty()) text += fmt::format("# UNIT softmax_audit{} {}\n", name, unit);
  return text + fmt::format("# HELP softmax_audit{} {}\n", name, help);
}
std::string sample(std::string_view name, const Labels& labels, double value) {
  std::string text;
  for (const auto& [key, labelled] : labels)
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", key, label_value(labelled));
  return fmt::format("softmax_audit{}{}{}{} {}\n", name, text.empty() ? "" : "{", text, text.empty() ? "" : "}", number(value));
}

Labels labels_of(const SubjectAccuracy& s) {
  return {{"implementation", s.implementation},
          {"instruction_set", s.instruction_set},
          {"operation", s.operation},
          {"format", s.format},
          {"rows", s.is_real ? "real" : "generated"}};
}

std::string write(const Report& report) {
  std::string text = family("", "info", "", "The program that judged.") +
                     sample("_info", {{"version", report.tool_version}, {"commit", report.tool_commit}}, 1);
  const std::vector<SubjectAccuracy> subjects = accuracy_of_subjects(report);
  constexpr struct {
    std::string_view name, unit, help;
    double SubjectAccuracy::*figure;
  } gauges[] = {
      {"_error_ulp", "ulp", "Largest error over all rows, in ulp of the exact result.", &SubjectAccuracy::max_ulp},
      {"_error_p99_ulp", "ulp", "Largest 99th percentile of the error over all lengths and regimes.",
       &SubjectAccuracy::p99_ulp},
      {"_error_over_bound_ratio", "ratio", "Largest error over its proved bound.", &SubjectAccuracy::max_over_bound},
      {"_misrounded_ratio", "ratio", "Share of elements that are not the correctly rounded result.",
       &SubjectAccuracy::misrounded},
  };
  if (!subjects.empty()) {
    for (const auto& gauge : gauges) {
      text += family(gauge.name, "gauge", gauge.unit, gauge.help);
      for (const SubjectAccuracy& s : subjects) text += sample(gauge.name, labels_of(s), s.*gauge.figure);
    }
    text += family("_measured_elements", "gauge", "elements", "Results that were measured.");
    for (const SubjectAccuracy& s : subjects)
      text += sample("_measured_elements", labels_of(s), static_cast<double>(s.elements));
  }
  // Outcomes that nothing has are written as 0: a series that vanishes raises no alert.
  std::map<std::string_view, std::size_t> verdicts{{"holds", 0},   {"broken", 0},  {"undecided", 0}, {"vacuous", 0},
                                                   {"skipped", 0}, {"crashed", 0}, {"timed_out", 0}};
  for (const VerdictEntry& v : report.verdicts) ++verdicts[v.outcome];
  text += family("_verdicts", "gauge", "", "Laws that were asked of a subject, by what came of it.");
  for (const auto& [outcome, count] : verdicts) text += sample("_verdicts", {{"outcome", outcome}}, static_cast<double>(count));
  if (report.gate) {
    text += family("_gate_entries", "gauge", "", "What the gate demands, by what came of it.");
    for (const Count& c : counts(report.gate->entries))
      text += sample("_gate_entries", {{"outcome", c.outcome}}, static_cast<double>(c.entries));
    text += family("_gate_exit_code", "gauge", "", "0 where the gate passes.") +
            sample("_gate_exit_code", {}, static_cast<double>(report.gate->exit_code));
  }
  return text + "# EOF\n";
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat openmetrics{
    .name = "openmetrics",
    .summary = "gauges in OpenMetrics text: largest errors of each subject, outcomes, the gate's exit code",
    .extension = "metrics.txt",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
