// Pieces of the terminal text that the program also prints while it works.
#pragma once

#include "reports/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>
#include <vector>

namespace softmax_audit {

// Nothing was judged, so there is nothing to agree or disagree with.
inline bool is_exercised(const VerdictEntry& verdict) { return verdict.outcome != "vacuous" && verdict.outcome != "skipped"; }

inline bool agrees_with_declaration(const VerdictEntry& verdict) {
  return (verdict.outcome == "broken") == !verdict.declared_break.empty() &&
         (verdict.outcome == "broken" || verdict.outcome == "holds");
}

// One cell of the matrix, one letter wide. Capitals are what somebody has to look at.
inline std::string_view mark(const VerdictEntry& verdict) {
  if (verdict.outcome == "holds") return verdict.declared_break.empty() ? "+" : "H";
  if (verdict.outcome == "broken") return verdict.declared_break.empty() ? "B" : "x";
  if (verdict.outcome == "undecided") return "U";
  if (verdict.outcome == "crashed") return "C";
  if (verdict.outcome == "timed_out") return "T";
  return verdict.outcome == "vacuous" ? "N" : "s";
}
inline std::string matrix_legend() {
  return "\n+ holds   x broken, as declared   s skipped   capitals are to be looked at: B broken   H holds though declared "
         "broken\n"
         "U undecided   C crashed   T timed out   N vacuous, nothing exercised the law\n";
}

inline std::string figure(double value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (value != 0 && (std::fabs(value) < 1e-3 || std::fabs(value) >= 1e6)) return fmt::format("{:.3g}", value);
  return std::fabs(value) >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

// Laws in the order in which they appear.
inline std::vector<std::string> laws_of(const Report& report) {
  std::vector<std::string> laws;
  for (const VerdictEntry& verdict : report.verdicts)
    if (std::find(laws.begin(), laws.end(), verdict.property) == laws.end()) laws.push_back(verdict.property);
  return laws;
}

inline constexpr std::size_t name_width = 32;
inline constexpr std::size_t mark_width = 3;

inline std::string subject_name(const VerdictEntry& v) {
  return fmt::format("{} {} {}", v.implementation, v.instruction_set, v.format);
}
inline std::string question_name(const VerdictEntry& v) {
  return v.operation == "softmax" ? subject_name(v) : fmt::format("{} {}", subject_name(v), v.operation);
}

// Laws by number, in three columns, and the numbers over the matrix.
inline std::string matrix_header(const std::vector<std::string>& laws) {
  std::string text;
  constexpr std::size_t columns = 3;
  const std::size_t lines = (laws.size() + columns - 1) / columns;
  for (std::size_t l = 0; l < lines; ++l) {
    std::string line;
    for (std::size_t k = l; k < laws.size(); k += lines) line += fmt::format("{:>4}  {:<30}", k + 1, laws[k]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  text += fmt::format("\n{:{}}", "", name_width);
  for (std::size_t k = 0; k < laws.size(); ++k) text += fmt::format("{:>{}}", k + 1, mark_width);
  return text + "\n";
}

// One line of the matrix: the verdicts of one subject and format, in the order of `laws`.
inline std::string matrix_line(const std::vector<VerdictEntry>& verdicts, const std::vector<std::string>& laws) {
  std::string text = fmt::format("{:{}}", verdicts.empty() ? "" : subject_name(verdicts.front()), name_width);
  for (const std::string& law : laws) {
    const auto found = std::find_if(verdicts.begin(), verdicts.end(), [&](const VerdictEntry& v) { return v.property == law; });
    text += fmt::format("{:>{}}", found == verdicts.end() ? "" : mark(*found), mark_width);
  }
  return text + "\n";
}

// The kill matrix: one line a fault, one column a law, below matrix_header.
inline std::string kill_line(const FaultEntry& fault, const std::vector<std::string>& laws) {
  std::string text = fmt::format("{:{}}", fault.name, name_width);
  for (const std::string& law : laws) {
    const bool kills =
        std::any_of(fault.kills.begin(), fault.kills.end(), [&](const FaultEntry::Kill& kill) { return kill.law == law; });
    text += fmt::format("{:>{}}", law == fault.named_law ? (kills ? "K" : "M") : kills ? "k" : ".", mark_width);
  }
  return text + "\n";
}
inline std::string kill_summary(const Report& report) {
  std::size_t killed = 0, kills = 0;
  std::vector<std::string> missed;
  for (const FaultEntry& fault : report.faults) {
    killed += fault.killed;
    kills += fault.kills.size();
    if (!fault.killed) missed.push_back(fmt::format("{} (by {})", fault.name, fault.named_law));
  }
  std::string text = fmt::format("{} planted faults: {} broken by the law that they name, {} kills by any law.\n",
                                 report.faults.size(), killed, kills);
  if (!missed.empty()) text += fmt::format("Not broken by the law that they name: {}\n", fmt::join(missed, ", "));
  return text + "K the law that the fault names   k another law that breaks it   M missed by the law that it names\n";
}

// A failure: law, numbers, reason, evidence, a line to paste.
inline std::string failure_block(const VerdictEntry& v) {
  const auto line = [](std::string_view key, const std::string& value) { return fmt::format("  {:<9} {}\n", key, value); };
  std::string capitals = v.outcome;
  std::transform(capitals.begin(), capitals.end(), capitals.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string text =
      fmt::format("{:<9} {} / {} / {} / {}{}{}\n", capitals, v.property, v.implementation, v.format, v.instruction_set,
                  v.operation == "softmax" ? "" : " / ", v.operation == "softmax" ? "" : v.operation);
  text += line("law", fmt::format("{:<48} proof: {}", v.statement, v.source));
  if (!v.incident.empty()) text += line("incident", v.incident);
  if (v.outcome == "broken" || v.outcome == "undecided") {
    const double times = v.measured_low / v.bound;
    // Where it breaks by little, the digits that show it.
    const auto digits = [close = times < 1.01](double value) { return close ? fmt::format("{:.8g}", value) : figure(value); };
    text += line("measured",
                 fmt::format("{} {}    {} {} {}    claimed {}{}", digits(v.measured_low), v.unit,
                             v.basis == "claim" ? "allowed" : "proved", digits(v.bound), v.unit, v.claim,
                             v.bound > 0 && std::isfinite(times) ? fmt::format("    {} times over", digits(times)) : ""));
    text += line("because", v.because);
    if (v.at) {
      text += line(fmt::format("at i = {}", *v.at), fmt::format("want {}", v.want));
      text += line("", fmt::format("got  {}", v.got));
    } else if (!v.got.empty()) {
      text += line("", fmt::format("want {}  got {}", v.want, v.got));
    }
  }
  if (v.witness) {
    text += line("row", v.witness->x.empty()
                            ? v.witness->row
                            : fmt::format("{}{}", fmt::join(v.witness->x, " "),
                                          v.shrunk_from > 0 ? fmt::format("    shrunk from n = {}", v.shrunk_from) : ""));
    if (!v.witness->shift.empty()) text += line("shift", v.witness->shift);
    if (v.witness->scale != "0x1p+0") text += line("scale", v.witness->scale);
    if (!v.witness->dy.empty()) text += line("dy", fmt::format("{}", fmt::join(v.witness->dy, " ")));
    if (v.witness->target) text += line("target", fmt::format("{}", *v.witness->target));
    if (!v.witness->with.empty()) text += line("with", fmt::format("{}", fmt::join(v.witness->with, " ")));
    if (v.witness->number) text += line("number", fmt::format("{}", *v.witness->number));
    if (!v.witness->permutation.empty()) text += line("permuted", fmt::format("{}", fmt::join(v.witness->permutation, " ")));
  }
  if (!v.declared_break.empty()) text += line("declared", v.declared_break);
  if (!v.rerun.empty()) text += line("rerun", v.rerun);
  return text;
}

} // namespace softmax_audit
