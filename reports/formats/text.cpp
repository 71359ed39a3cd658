#include "reports/formats/comparison_text.hpp"
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

// One matrix for each operation: they have different laws.
std::string matrices(const Report& report) {
  std::vector<std::string> operations;
  for (const VerdictEntry& v : report.verdicts)
    if (std::find(operations.begin(), operations.end(), v.operation) == operations.end()) operations.push_back(v.operation);
  std::string text;
  for (const std::string& operation : operations) {
    std::vector<std::string> laws;
    std::vector<std::vector<VerdictEntry>> lines;
    for (const VerdictEntry& v : report.verdicts) {
      if (v.operation != operation) continue;
      if (std::find(laws.begin(), laws.end(), v.property) == laws.end()) laws.push_back(v.property);
      if (lines.empty() || subject_name(lines.back().front()) != subject_name(v)) lines.emplace_back();
      lines.back().push_back(v);
    }
    text += fmt::format("{}{}\n\n{}", text.empty() ? "" : "\n", operation, matrix_header(laws));
    for (const auto& line : lines) text += matrix_line(line, laws);
  }
  return text + matrix_legend();
}

std::string joined(const std::vector<std::string>& names) { return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")); }

// What each subject turned out to be: one line each, and its contracts below.
std::string standing_table(const Report& report) {
  std::string text;
  for (const StandingEntry& s : report.standings) {
    text += fmt::format("{} {} {} {}\n  declared   {}\n  meets      {}\n", s.implementation, s.instruction_set, s.format, s.operation, s.claim,
                        s.strongest_claim.empty()        ? "no claim of the ladder"
                        : s.strongest_claim == "nothing" ? "the default class"
                                                         : s.strongest_claim);
    if (!s.profiles.empty() || s.operation != "softmax_backward") text += fmt::format("  special    {}\n", joined(s.profiles));
    if (!s.subnormals.empty()) text += fmt::format("  subnormals {}\n", joined(s.subnormals));
    if (s.contracts.empty()) continue;
    std::vector<std::string> contracts;
    for (const auto& c : s.contracts)
      contracts.push_back(c.differed == 0 ? fmt::format("{} yes", c.name)
                                          : fmt::format("{} no, {:.2g} %", c.name,
                                                        100 * static_cast<double>(c.differed) / static_cast<double>(c.compared)));
    text += fmt::format("  bitwise    {}\n", fmt::join(contracts, "; "));
  }
  return text;
}

std::string kill_matrix(const Report& report) {
  std::vector<std::string> laws;
  for (const FaultEntry& fault : report.faults) {
    if (std::find(laws.begin(), laws.end(), fault.named_law) == laws.end()) laws.push_back(fault.named_law);
    for (const auto& kill : fault.kills)
      if (std::find(laws.begin(), laws.end(), kill.law) == laws.end()) laws.push_back(kill.law);
  }
  std::sort(laws.begin(), laws.end());
  std::string text = matrix_header(laws, fault_width);
  for (const FaultEntry& fault : report.faults) text += kill_line(fault, laws);
  return text + "\n" + kill_summary(report);
}

std::string detection_table(const Report& report) {
  std::string text = fmt::format("{:<22} {:<6} {:<18} {:<14} {:>10} {:>12} {:>10} {:>18}\n", "claim", "format", "length", "pattern",
                                 "contracts", "least ulp", "found", "95 % interval");
  for (const DetectionEntry& d : report.detection)
    text += fmt::format("{:<22} {:<6} {:<18} {:<14} {:>10} {:>12} {:>10} {:>18}\n", d.claim, d.format,
                        fmt::format("{} to {}", d.from_length, d.to_length), d.pattern, d.contracts ? "on" : "off",
                        std::isinf(d.ulp) ? "not found" : figure(d.ulp), fmt::format("{}/{}", d.found, d.runs),
                        fmt::format("{:.3f} to {:.3f}", d.low, d.high));
  return text;
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
  if (report.comparison) text += heading("What changed") + comparison_text(*report.comparison);
  if (report.verdicts.empty() && report.accuracy.empty() && report.faults.empty() && report.detection.empty() && !report.gate) return text + "\nNothing was judged and nothing was measured.\n";
  if (report.gate) text += heading("The gate") + gate_section(report);
  if (!report.verdicts.empty()) {
    text += heading("Verdicts") + verdict_in_words(report) + "\n" + matrices(report);
    bool first = true;
    for (const VerdictEntry& verdict : report.verdicts) {
      if (!is_exercised(verdict) || (verdict.outcome == "holds" && verdict.declared_break.empty())) continue;
      if (first) text += heading("What does not hold");
      first = false;
      text += failure_block(verdict) + "\n";
    }
  }
  if (!report.standings.empty()) text += heading("What each turned out to be") + standing_table(report);
  if (!report.faults.empty()) text += heading("What the laws catch") + kill_matrix(report);
  if (!report.detection.empty()) text += heading("The smallest error that is found") + detection_table(report);
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
    .always = true,
};
} // namespace report_formats

} // namespace softmax_audit
