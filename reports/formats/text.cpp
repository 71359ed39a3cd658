#include "reports/formats/text_parts.hpp"

#include <map>

namespace softmax_audit {
namespace {

std::string heading(std::string_view title) { return fmt::format("\n{}\n{:=<{}}\n\n", title, "", title.size()); }

std::string verdict_in_words(const Report& report) {
  std::map<std::string, std::size_t> outcomes;
  std::size_t declared = 0, surprises = 0, unexercised = 0;
  for (const VerdictEntry& v : report.verdicts) {
    ++outcomes[v.outcome];
    declared += v.outcome == "broken" && !v.declared_break.empty();
    surprises += is_exercised(v) && !agrees_with_declaration(v);
    unexercised += !is_exercised(v);
  }
  std::string text = fmt::format("{} verdicts:", report.verdicts.size());
  for (const auto& [outcome, count] : outcomes) text += fmt::format(" {} {}", count, outcome);
  text += fmt::format(". {} of {} breaks are declared; {} verdicts differ from what is declared.\n", declared,
                      outcomes["broken"], surprises);
  if (unexercised > 0) text += fmt::format("{} laws were not exercised and prove nothing.\n", unexercised);
  return text;
}

std::string matrix(const Report& report) {
  const std::vector<std::string> laws = laws_of(report);
  std::string text = matrix_header(laws);
  std::vector<const VerdictEntry*> line;
  for (const VerdictEntry& verdict : report.verdicts) {
    if (!line.empty() && subject_name(*line.front()) != subject_name(verdict)) {
      text += matrix_line(line, laws);
      line.clear();
    }
    line.push_back(&verdict);
  }
  if (!line.empty()) text += matrix_line(line, laws);
  return text + "\n+ holds   x broken, as declared   capitals: look below   NONE vacuous, nothing exercised the law\n";
}

// Subjects by their largest errors: one line each, over all lengths and regimes, generated and real rows apart.
std::string accuracy_summary(const Report& report) {
  struct Summary {
    double max_ulp = 0, p99_ulp = 0, max_over_bound = 0, norm_wise = 0, misrounded = 0, elements = 0;
    std::string where;
  };
  std::map<std::string, std::size_t> order;
  std::vector<std::pair<std::string, Summary>> subjects;
  for (const AccuracyEntry& a : report.accuracy) {
    const bool real = a.regime.ends_with(".npy");
    const std::string key = fmt::format("{} {} {}{}", a.implementation, a.instruction_set, a.format, real ? " real" : "");
    if (order.try_emplace(key, subjects.size()).second) subjects.emplace_back(key, Summary{});
    Summary& s = subjects[order[key]].second;
    if (a.max_ulp > s.max_ulp || s.where.empty()) s.where = fmt::format("{}, n = {}", a.regime, a.length);
    s.max_ulp = std::max(s.max_ulp, a.max_ulp);
    s.p99_ulp = std::max(s.p99_ulp, a.p99_ulp);
    s.max_over_bound = std::max(s.max_over_bound, a.max_over_bound);
    s.norm_wise = std::max(s.norm_wise, a.norm_wise);
    s.misrounded += a.misrounded * static_cast<double>(a.elements);
    s.elements += static_cast<double>(a.elements);
  }
  std::string text = fmt::format("{:{}}{:>12}{:>12}{:>12}{:>12}{:>12}  {}\n", "", name_width + 5, "max ulp", "worst p99",
                                 "max/bound", "misrounded", "norm-wise u", "largest at");
  for (const auto& [name, s] : subjects)
    text += fmt::format("{:{}}{:>12}{:>12}{:>12}{:>11.1f}%{:>12}  {}\n", name, name_width + 5, figure(s.max_ulp),
                        figure(s.p99_ulp), figure(s.max_over_bound), s.elements > 0 ? 100 * s.misrounded / s.elements : 0.0,
                        figure(s.norm_wise), s.where);
  return text;
}

std::string accuracy_table(const Report& report) {
  std::string text = fmt::format("{:{}} {:>7} {:<28}{:>10}{:>10}{:>10}{:>10}{:>9}{:>10}{:>10}\n", "", name_width, "length",
                                 "regime", "max ulp", "mean", "signed", "p99", "misr.", "max/bound", "norm-wise");
  for (const AccuracyEntry& a : report.accuracy)
    text += fmt::format("{:{}} {:>7} {:<28}{:>10}{:>10}{:>10}{:>10}{:>8.1f}%{:>10}{:>10}\n",
                        fmt::format("{} {} {}", a.implementation, a.instruction_set, a.format), name_width, a.length, a.regime,
                        figure(a.max_ulp), figure(a.mean_ulp), figure(a.signed_mean_ulp), figure(a.p99_ulp), 100 * a.misrounded,
                        figure(a.max_over_bound), figure(a.norm_wise));
  return text;
}

std::string write(const Report& report) {
  std::string text = fmt::format("{} {} ({})\n", report.tool_name, report.tool_version, report.tool_commit);
  for (const auto& [key, value] : report.environment) text += fmt::format("  {:<20} {}\n", key, value);
  if (report.verdicts.empty() && report.accuracy.empty()) return text + "\nNothing was judged and nothing was measured.\n";
  if (!report.verdicts.empty()) {
    text += heading("Verdicts") + verdict_in_words(report) + "\n" + matrix(report);
    bool first = true;
    for (const VerdictEntry& verdict : report.verdicts) {
      if (!is_exercised(verdict) || (verdict.outcome == "holds" && verdict.declared_break.empty())) continue;
      if (first) text += heading("What does not hold");
      first = false;
      text += failure_block(verdict) + "\n";
    }
  }
  if (!report.accuracy.empty())
    text += heading("Accuracy") + accuracy_summary(report) + heading("Accuracy by length and regime") + accuracy_table(report);
  return text;
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat text{
    .name = "text",
    .summary = "for the terminal: verdict matrix, failures, accuracy tables",
    .extension = "txt",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
