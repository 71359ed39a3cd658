// What changed from one report to another, for a terminal: the sentence, then what got worse, otherwise different or better, one line each.
#pragma once

#include "reports/report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace softmax_audit {

inline std::string plain_figure(double value) {
  if (std::isnan(value)) return "nan";
  return std::isinf(value) ? (value > 0 ? "inf" : "-inf") : fmt::format("{:.4g}", value);
}
// As many digits as it takes to tell the two apart.
inline std::string told_apart(double before, double after) {
  for (int digits = 4; digits <= 17; ++digits) {
    const std::string a = fmt::format("{:.{}g}", before, digits), b = fmt::format("{:.{}g}", after, digits);
    if (a != b) return a + " -> " + b;
  }
  return plain_figure(before) + " -> " + plain_figure(after);
}

inline std::string comparison_text(const Comparison& c) {
  std::string text = fmt::format("{} -> {}\n{}\n", c.before, c.after, c.sentence);
  if (!c.environment.empty()) text += "\n";
  for (const auto& d : c.environment)
    text += fmt::format("  {:<18} {} -> {}\n", d.what, d.before.empty() ? "(absent)" : d.before,
                        d.after.empty() ? "(absent)" : d.after);
  if (!c.verdicts.empty()) text += "\n";
  for (const auto& v : c.verdicts) {
    text += fmt::format("  {:<7} {:<24} {:<44} {} -> {}\n", v.change, v.property,
                        fmt::format("{} {} {} {}", v.implementation, v.instruction_set, v.operation, v.format),
                        v.outcome_before, v.outcome_after);
    if (v.change == "worse" && !v.rerun.empty()) text += fmt::format("          {}\n", v.rerun);
  }
  if (!c.accuracy.empty()) text += "\n";
  for (const auto& a : c.accuracy) {
    std::string figures;
    for (const auto& m : a.metrics)
      figures += fmt::format("{}{} {}", figures.empty() ? "" : ", ", m.name, told_apart(m.before, m.after));
    text += fmt::format("  {:<7} {:<44} n = {:<7} {:<14} {}\n", a.change,
                        fmt::format("{} {} {} {}", a.implementation, a.instruction_set, a.operation, a.format), a.length,
                        a.regime, figures);
  }
  if (!c.alone.empty()) text += "\n";
  for (const auto& a : c.alone)
    text += fmt::format("  only {:<7} {:<44} {} verdicts, {} accuracy cells\n", a.in == "before" ? "earlier" : "later",
                        fmt::format("{} {} {} {}", a.implementation, a.instruction_set, a.operation, a.format), a.verdicts,
                        a.accuracy);
  return text;
}

} // namespace softmax_audit
