// Pieces of the terminal text that the program also prints while it works.
#pragma once

#include "reports/formats/judged.hpp"
#include "reports/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
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

using judged::figure;

// Laws in the order in which they appear.
inline std::vector<std::string> laws_of(const Report& report) {
  std::vector<std::string> laws;
  for (const VerdictEntry& verdict : report.verdicts)
    if (std::find(laws.begin(), laws.end(), verdict.property) == laws.end()) laws.push_back(verdict.property);
  return laws;
}

inline constexpr std::size_t name_width = 32;
inline constexpr std::size_t fault_width = 34; // their names are longer
inline constexpr std::size_t mark_width = 3;
inline constexpr std::size_t law_width = 32; // of the longest name

inline std::string subject_name(const VerdictEntry& v) {
  return fmt::format("{} {} {}", v.implementation, v.instruction_set, v.format);
}
inline std::string question_name(const VerdictEntry& v) {
  return v.operation == "softmax" ? subject_name(v) : fmt::format("{} {}", subject_name(v), v.operation);
}

// Laws by number, in three columns, and the numbers over the matrix.
inline std::string matrix_header(const std::vector<std::string>& laws, std::size_t width = name_width) {
  std::string text;
  constexpr std::size_t columns = 3;
  const std::size_t lines = (laws.size() + columns - 1) / columns;
  for (std::size_t l = 0; l < lines; ++l) {
    std::string line;
    for (std::size_t k = l; k < laws.size(); k += lines) line += fmt::format("{:>4}  {:<{}}", k + 1, laws[k], law_width);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  text += fmt::format("\n{:{}}", "", width);
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

// The kill matrix: one line a fault, one column a law, below matrix_header(laws, fault_width).
inline std::string kill_line(const FaultEntry& fault, const std::vector<std::string>& laws) {
  std::string text = fmt::format("{:{}}", fault.name, fault_width);
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

inline std::string in_capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}
inline std::string keyed(std::string_view key, std::string_view value) { return fmt::format("  {:<9} {}\n", key, value); }

// Numbers in a line; of many, the first.
inline std::string numbers(const std::vector<std::string>& all) {
  constexpr std::size_t most = 64, first = 8;
  if (all.size() <= most) return fmt::format("{}", fmt::join(all, " "));
  return fmt::format("{} ... ({} in all)", fmt::join(all.begin(), all.begin() + first, " "), all.size());
}
inline std::string rerun_line(const std::string& rerun) {
  if (rerun.empty()) return {};
  if (rerun.size() <= judged::longest_pasted) return keyed("rerun", rerun);
  return keyed("rerun", fmt::format("a command of {} characters: --json FILE writes it, --keep FILE the row", rerun.size()));
}

// A failure: law, numbers, reason, evidence, a line to paste.
inline std::string failure_block(const VerdictEntry& v) {
  std::string text =
      fmt::format("{:<9} {} / {} / {} / {}{}{}\n", in_capitals(v.outcome), v.property, v.implementation, v.format,
                  v.instruction_set, v.operation == "softmax" ? "" : " / ", v.operation == "softmax" ? "" : v.operation);
  text += keyed("law", fmt::format("{:<48} proof: {}", v.statement, v.source));
  if (!v.incident.empty()) text += keyed("incident", v.incident);
  if ((v.outcome == "broken" || v.outcome == "undecided") && !judged::tells_by_incident(v)) {
    const double times = v.measured_low / v.bound;
    // Where it breaks by little, the digits that show it.
    const auto digits = [close = times < 1.01](double value) { return close ? fmt::format("{:.8g}", value) : figure(value); };
    text += keyed("measured",
                  fmt::format("{} {}    {} {} {}    claimed {}{}", digits(v.measured_low), v.unit,
                              v.basis == "theorem"  ? "proved"
                              : v.basis == "policy" ? "limit"
                                                    : "allowed",
                              digits(v.bound), v.unit, v.claim,
                              v.bound > 0 && std::isfinite(times) ? fmt::format("    {} times over", digits(times)) : ""));
    text += keyed("because", v.because);
    if (v.at) {
      text += keyed(fmt::format("at i = {}", *v.at), fmt::format("want {}", v.want));
      text += keyed("", fmt::format("got  {}", v.got));
    } else if (!v.got.empty()) {
      text += keyed("", fmt::format("want {}  got {}", v.want, v.got));
    }
  }
  if (v.outcome == "vacuous") {
    text += keyed("cases", fmt::format("{}: too few that exercise the law to say that it holds", v.cases));
    return text; // the row that came nearest breaks nothing
  }
  if (v.witness) {
    text += keyed("row", v.witness->x.empty()
                             ? v.witness->row
                             : fmt::format("{}{}{}", numbers(v.witness->x),
                                           v.shrunk_from > 0 ? fmt::format("    shrunk from n = {}", v.shrunk_from) : "",
                                           v.shrinking_unfinished ? judged::not_minimal : ""));
    if (!v.witness->shift.empty()) text += keyed("shift", v.witness->shift);
    if (v.witness->scale != "0x1p+0") text += keyed("scale", v.witness->scale);
    if (!v.witness->dy.empty()) text += keyed("dy", numbers(v.witness->dy));
    if (v.witness->target) text += keyed("target", fmt::format("{}", *v.witness->target));
    if (!v.witness->with.empty()) text += keyed("with", numbers(v.witness->with));
    if (v.witness->number) text += keyed("number", fmt::format("{}", *v.witness->number));
    if (!v.witness->permutation.empty()) text += keyed("permuted", fmt::format("{}", fmt::join(v.witness->permutation, " ")));
  }
  if (!v.declared_break.empty()) text += keyed("declared", v.declared_break);
  return text + rerun_line(v.rerun);
}

// An entry of a gate that somebody has to look at: what, the figures, where it is demanded, what to do, a line to paste. The
// verdict, where there is one, has what a gate does not say.
inline std::string gate_block(const GateEntry& e, const VerdictEntry* verdict) {
  std::string text = fmt::format("{:<9} {} / {}", in_capitals(e.outcome), e.metric, e.implementation);
  for (const std::string& part : {e.format, e.instruction_set, e.operation == "softmax" ? "" : e.operation, judged::rows(e)})
    if (!part.empty()) text += " / " + part;
  text += "\n";
  if (verdict && !verdict->statement.empty())
    text += keyed("law", fmt::format("{:<48} proof: {}", verdict->statement, verdict->source));
  const bool is_incident = verdict && judged::tells_by_incident(*verdict);
  if (verdict && !verdict->incident.empty()) text += keyed("incident", verdict->incident);
  if (!is_incident && judged::is_measured(e)) {
    const double times = e.measured_low / e.limit;
    text += keyed("measured", fmt::format("{}{}", judged::measured(e),
                                          e.limit > 0 && std::isfinite(times) && times >= 1.01
                                              ? fmt::format("    {} times over", figure(times))
                                              : ""));
  }
  if (judged::has_limit(e, verdict))
    text += keyed(e.kind == "baseline" ? "baseline" : "limit",
                  fmt::format("{}{}", judged::limit(e), e.basis.empty() ? "" : "    basis " + e.basis));
  if (!e.reason.empty()) text += keyed("reason", e.reason);
  if (verdict && !is_incident && verdict->outcome == "broken" && !verdict->got.empty())
    text += keyed(verdict->at ? fmt::format("at i = {}", *verdict->at) : "at",
                  fmt::format("want {}  got {}", verdict->want, verdict->got));
  if (!e.file.empty())
    text += keyed("demanded", judged::place(e) + (e.line == 0 && e.kind == "law" ? " does not say otherwise" : ""));
  if (!e.sentence.empty()) text += keyed("so", e.sentence);
  if (!e.row.empty()) text += keyed("row", judged::shortened(e.row, 1500));
  text += rerun_line(e.rerun);
  return text;
}

// One that passes and is told nevertheless.
inline std::string gate_line(const GateEntry& e) {
  const std::string place = judged::place(e);
  return fmt::format("{:<13} {}  {}: {}{}\n", e.outcome, judged::subject(e), judged::demand(e), e.sentence,
                     place.empty() ? "" : fmt::format("  ({})", place));
}

// "12 hold: 10 laws, 2 limits." What needs no words of its own.
inline std::string gate_counts(std::span<const GateEntry> entries) {
  std::map<std::string_view, std::size_t> kinds;
  std::size_t hold = 0, skipped = 0;
  for (const GateEntry& e : entries) {
    skipped += e.outcome == "skipped";
    if (e.outcome != "holds" && e.outcome != "unchanged") continue;
    ++hold;
    ++kinds[e.kind];
  }
  std::vector<std::string> parts;
  for (const auto& [kind, one, many] :
       {std::tuple("law", "law", "laws"), std::tuple("isolation", "law of isolation", "laws of isolation"),
        std::tuple("limit", "limit", "limits"),
        std::tuple("baseline", "comparison with the baseline", "comparisons with the baseline")})
    if (kinds[kind] > 0) parts.push_back(judged::counted(kinds[kind], one, many));
  std::string text =
      fmt::format("{}{}{}.", judged::counted(hold, "holds", "hold"), parts.empty() ? "" : ": ", fmt::join(parts, ", "));
  if (skipped > 0) text += fmt::format(" {} skipped.", judged::counted(skipped, "was", "were"));
  return text + "\n";
}

// The verdict first, then what fails, then what wants a look, then how much holds.
inline std::string gate_section(const Report& report) {
  if (!report.gate) return "";
  const Gate& gate = *report.gate;
  std::string text = gate.sentence + "\n";
  if (!gate.file.empty()) text += fmt::format("\n  {:<9} {}\n", "gate", gate.file);
  if (!gate.baseline_file.empty())
    text += fmt::format("  {:<9} {}{}\n", "baseline", gate.baseline_file, gate.baseline.empty() ? "" : ", " + gate.baseline);
  const judged::Evidence evidence = judged::evidence_in(report);
  for (const GateEntry& e : gate.entries)
    if (judged::fails(e.outcome)) text.append("\n").append(gate_block(e, judged::verdict_behind(e, evidence)));
  std::string lines;
  for (const GateEntry& e : gate.entries)
    if (judged::wants_a_look(e.outcome)) lines += gate_line(e);
  if (!lines.empty()) text += "\n" + lines;
  return text + "\n" + gate_counts(gate.entries);
}

} // namespace softmax_audit
