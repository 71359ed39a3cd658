// Pieces that several sections of the HTML report are made of.
#pragma once

#include "reports/formats/html_text.hpp"
#include "reports/report.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit::markup {

// A table wider than the screen scrolls by itself, by keyboard too.
inline std::string scrolling(std::string_view label) {
  return fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">", escape(label));
}

inline std::string command(std::string_view rerun) { return fmt::format("<code class=\"run\">{}</code>", escape(rerun)); }

// In a table: one line, cut off on screen; what is copied is whole.
inline std::string short_command(std::string_view rerun) {
  return fmt::format("<span class=line><code class=\"run one\" title=\"{0}\">{0}</code></span>", escape(rerun));
}

inline void write_fact(std::string& out, std::string_view name, std::string_view html) {
  if (!html.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>", name, html);
}

// As many digits as it takes to tell the value from the other: a break by a hair must not read "4.2 against 4.2".
inline std::string told_from(double value, double other) {
  for (int digits = 4; digits < 17; ++digits) {
    if (value == other || number(value, digits) != number(other, digits)) return number(value, digits);
  }
  return number(value, 17);
}

// "shifted / scalar / softmax / f32", without what is empty or goes without saying.
template <class Entry> std::string question_text(const Entry& entry) {
  std::vector<std::string> parts;
  for (const std::string* part : {&entry.implementation, &entry.instruction_set, &entry.operation, &entry.format})
    if (!part->empty()) parts.push_back(escape(*part));
  return joined(parts, " / ");
}

inline bool passes(const GateEntry& entry) {
  return std::find(std::begin(gate_passes), std::end(gate_passes), entry.outcome) != std::end(gate_passes);
}

} // namespace softmax_audit::markup
