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

// One cell of the matrix. Capitals are what somebody has to look at.
inline std::string_view mark(const VerdictEntry& verdict) {
  if (verdict.outcome == "holds") return verdict.declared_break.empty() ? "+" : "HELD";
  if (verdict.outcome == "broken") return verdict.declared_break.empty() ? "BROKEN" : "x";
  if (verdict.outcome == "undecided") return "UNDEC";
  if (verdict.outcome == "crashed") return "CRASH";
  if (verdict.outcome == "timed_out") return "HANG";
  return verdict.outcome == "vacuous" ? "NONE" : "skip";
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
inline constexpr std::size_t mark_width = 7;

inline std::string subject_name(const VerdictEntry& v) {
  return fmt::format("{} {} {}", v.implementation, v.instruction_set, v.format);
}

inline std::string matrix_header(const std::vector<std::string>& laws) {
  std::string text;
  for (std::size_t k = 0; k < laws.size(); ++k) text += fmt::format("{:>4}  {}\n", k + 1, laws[k]);
  text += fmt::format("\n{:{}}", "", name_width);
  for (std::size_t k = 0; k < laws.size(); ++k) text += fmt::format("{:>{}}", k + 1, mark_width);
  return text + "\n";
}

// One line of the matrix: the verdicts of one subject and format, in the order of `laws`.
inline std::string matrix_line(const std::vector<const VerdictEntry*>& verdicts, const std::vector<std::string>& laws) {
  std::string text = fmt::format("{:{}}", verdicts.empty() ? "" : subject_name(*verdicts.front()), name_width);
  for (const std::string& law : laws) {
    const auto found =
        std::find_if(verdicts.begin(), verdicts.end(), [&](const VerdictEntry* v) { return v->property == law; });
    text += fmt::format("{:>{}}", found == verdicts.end() ? "" : mark(**found), mark_width);
  }
  return text + "\n";
}

// A failure: law, numbers, reason, evidence, a line to paste.
inline std::string failure_block(const VerdictEntry& v) {
  const auto line = [](std::string_view key, const std::string& value) { return fmt::format("  {:<9} {}\n", key, value); };
  std::string capitals = v.outcome;
  std::transform(capitals.begin(), capitals.end(), capitals.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string text =
      fmt::format("{:<9} {} / {} / {} / {}\n", capitals, v.property, v.implementation, v.format, v.instruction_set);
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
    if (!v.witness->permutation.empty()) text += line("permuted", fmt::format("{}", fmt::join(v.witness->permutation, " ")));
  }
  if (!v.declared_break.empty()) text += line("declared", v.declared_break);
  if (!v.rerun.empty()) text += line("rerun", v.rerun);
  return text;
}

} // namespace softmax_audit
