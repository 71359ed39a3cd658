// The gate's section: what fails first, each with the place that demands it, the reason, and a line to paste; then everything else.
#pragma once

#include "reports/formats/html_parts.hpp"
#include "reports/formats/judged.hpp"

#include <map>

namespace softmax_audit::markup {

inline std::string gate_place(const GateEntry& entry) {
  if (entry.file.empty()) return "";
  if (entry.line == 0) return escape(entry.file);
  return entry.column > 0 ? fmt::format("{}:{}:{}", escape(entry.file), entry.line, entry.column)
                          : fmt::format("{}:{}", escape(entry.file), entry.line);
}

inline std::string gate_words(std::string_view outcome) {
  std::string words(outcome);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

inline std::string gate_measured(const GateEntry& entry) {
  const std::string low = told_from(entry.measured_low, entry.limit), high = told_from(entry.measured_high, entry.limit);
  return low == high ? high : fmt::format("{} to {}", low, high);
}

inline std::string gate_where(const GateEntry& entry) {
  std::string where = question_text(entry);
  if (entry.length > 0) where += fmt::format(" / n = {}", entry.length);
  if (!entry.regime.empty()) where += fmt::format(" / {}", escape(entry.regime));
  return where;
}

inline void write_gate_failure(std::string& out, const GateEntry& entry) {
  out += fmt::format("<div class=\"x bad-x\"><p><span class=\"tag bad\">✗ {}</span> {} <span class=mute>{}</span></p><dl>",
                     escape(gate_words(entry.outcome)), breakable(entry.metric), gate_where(entry));
  write_fact(out, "what to do", escape(entry.sentence));
  if (entry.outcome == "broken" || entry.outcome == "regressed" || entry.outcome == "undecided")
    write_fact(out, "measured",
               fmt::format("{} {}   <i>{}</i> {} {}", gate_measured(entry), escape(entry.unit),
                           entry.kind == "baseline" ? "baseline" : "limit", number(entry.limit), escape(entry.unit)));
  write_fact(out, "demanded in", gate_place(entry));
  write_fact(out, "reason", escape(entry.reason));
  write_fact(out, "row", entry.row.size() <= 400 ? escape(entry.row) : "<i>a long row: the command below holds it</i>");
  if (entry.rerun.size() > judged::longest_pasted)
    write_fact(out, "rerun",
               fmt::format("<i>a command of {} characters: the JSON report has it</i>", count(entry.rerun.size())));
  else if (!entry.rerun.empty())
    write_fact(out, "rerun", command(entry.rerun));
  out += "</dl></div>\n";
}

inline void write_gate(std::string& out, const Report& report) {
  if (!report.gate) return;
  const Gate& gate = *report.gate;
  out += fmt::format("<section id=\"gate\"><h2>The gate</h2>\n<p>Demanded by <code>{}</code>", escape(gate.file));
  if (!gate.baseline_file.empty())
    out += fmt::format("; baseline <code>{}</code>: {}", escape(gate.baseline_file),
                       gate.baseline.empty() ? "not looked at" : escape(gate.baseline));
  out += fmt::format(". Exit code {}.</p>\n<ul class=\"chips\" aria-label=\"Demands by outcome\">", gate.exit_code);
  std::vector<std::pair<std::string, std::size_t>> outcomes;
  std::vector<const GateEntry*> failing, others;
  for (const GateEntry& entry : gate.entries) {
    (passes(entry) ? others : failing).push_back(&entry);
    const auto known =
        std::find_if(outcomes.begin(), outcomes.end(), [&](const auto& outcome) { return outcome.first == entry.outcome; });
    if (known == outcomes.end())
      outcomes.emplace_back(entry.outcome, 1);
    else
      ++known->second;
  }
  for (const bool failed : {true, false}) {
    for (const auto& [outcome, n] : outcomes) {
      GateEntry entry;
      entry.outcome = outcome;
      if (passes(entry) == failed) continue;
      out += fmt::format("<li class=\"{}\">{} <b>{}</b> {}</li>",
                         failed               ? "bad"
                         : outcome == "holds" ? "ok"
                                              : "dec",
                         failed               ? "✗"
                         : outcome == "holds" ? "✓"
                                              : "–",
                         count(n), escape(gate_words(outcome)));
    }
  }
  out += "</ul>\n";
  if (gate.entries.empty()) out += "<p>Nothing was demanded.</p>\n";
  for (const GateEntry* entry : failing) write_gate_failure(out, *entry);
  if (!others.empty()) {
    out +=
        fmt::format("<details{}><summary>The {} that {}</summary>{}<table class=\"sort\"><caption class=hid>Demands that are "
                    "met</caption><thead><tr><th scope=col>outcome<th scope=col>what<th scope=col>of<th scope=col>measured<th "
                    "scope=col>limit<th scope=col>unit<th scope=col>demanded in<th scope=col>in words</thead><tbody>\n",
                    failing.empty() ? " open" : "", counted(others.size(), "demand", "demands"),
                    others.size() == 1 ? "does not fail it" : "do not fail it", scrolling("Demands that are met"));
    for (const GateEntry* entry : others)
      out += fmt::format("<tr><td>{}<th scope=row>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}\n", escape(gate_words(entry->outcome)),
                         breakable(entry->metric), gate_where(*entry), gate_measured(*entry), number(entry->limit),
                         escape(entry->unit), gate_place(*entry), escape(entry->sentence));
    out += "</tbody></table></div></details>\n";
  }
  out += "</section>\n";
}

} // namespace softmax_audit::markup
