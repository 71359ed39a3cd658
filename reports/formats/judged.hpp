// What a report judges, in one shape for every format: the entries of its gate, or without a gate its verdicts, held against
// what the subjects declare. And the words for them that stand in several formats.
#pragma once

#include "reports/formats/html_text.hpp"
#include "reports/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace softmax_audit::judged {

// An outcome that nobody knows fails: a report from a later version must not look better than it is.
inline bool fails(std::string_view outcome) {
  return std::find(std::begin(gate_passes), std::end(gate_passes), outcome) == std::end(gate_passes);
}

// What passes and still wants a look.
inline bool wants_a_look(std::string_view outcome) {
  constexpr std::string_view outcomes[] = {"known_broken", "improved", "new", "missing", "inconclusive", "expired"};
  return std::find(std::begin(outcomes), std::end(outcomes), outcome) != std::end(outcomes);
}

// Valid UTF-8 without control characters. Foreign code prints what it likes; no reader has to cope with that.
inline std::string clean(std::string_view text, bool keeps_lines = false) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = markup::sequence_length(text);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const bool is_line = byte(0) == '\n' || byte(0) == '\t';
    const bool is_control = byte(0) < 0x20 || byte(0) == 0x7F || (length == 2 && byte(0) == 0xC2 && byte(1) < 0xA0);
    // U+FFFE and U+FFFF are no characters of XML; U+2028 and U+2029 end lines where nobody expects it.
    const bool is_strange = length == 3 && ((byte(0) == 0xEF && byte(1) == 0xBF && byte(2) >= 0xBE) ||
                                            (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9)));
    if (is_line)
      out += keeps_lines ? text[0] : ' ';
    else if (length == 0 || is_control || is_strange)
      out += markup::replacement;
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

// Of a command that somebody would paste. Longer ones have a row of some hundreds of elements: the JSON report has them.
inline constexpr std::size_t longest_pasted = 4000;

// Stands behind a counterexample that is not known to be locally minimal.
inline constexpr std::string_view not_minimal = ", time was up: it need not be minimal";

// At most so many bytes, cut between two characters.
inline std::string shortened(std::string_view text, std::size_t bytes) {
  constexpr std::string_view dots = " ...";
  if (text.size() <= bytes) return std::string(text);
  std::size_t length = bytes - std::min(bytes, dots.size());
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  return std::string(text.substr(0, length)).append(dots);
}

inline std::string figure(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (value != 0 && (std::fabs(value) < 1e-3 || std::fabs(value) >= 1e6)) return fmt::format("{:.3g}", value);
  return std::fabs(value) >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}
// With as many digits as it has: programs read it.
inline std::string exact_figure(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return fmt::format("{}", value);
}

inline std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

template <class Entry> std::string subject(const Entry& e) {
  std::string text = e.implementation;
  for (const std::string* part : {&e.instruction_set, &e.format})
    if (!part->empty()) text += " " + *part;
  return e.operation.empty() || e.operation == "softmax" ? text : text + " " + e.operation;
}

// Which rows: nothing where it is said of all.
inline std::string rows(const GateEntry& e) {
  std::string text;
  if (e.length > 0) text += fmt::format("n = {}", e.length);
  if (!e.regime.empty()) text += (text.empty() ? "" : ", ") + e.regime;
  return text;
}
inline std::string demand(const GateEntry& e) {
  std::string text = e.kind == "law" ? e.metric : fmt::format("{} of {}", e.kind, e.metric);
  const std::string of_rows = rows(e);
  return of_rows.empty() ? text : text + ", " + of_rows;
}

// FILE:LINE:COLUMN, as compilers write it.
inline std::string place(const GateEntry& e) {
  if (e.file.empty()) return "";
  if (e.line == 0) return e.file;
  return e.column == 0 ? fmt::format("{}:{}", e.file, e.line) : fmt::format("{}:{}:{}", e.file, e.line, e.column);
}

// The figures say something, and are not left from before the subject crashed or was not asked.
inline bool is_measured(const GateEntry& e) {
  constexpr std::string_view outcomes[] = {"crashed", "timed_out", "untested", "skipped", "missing"};
  return std::find(std::begin(outcomes), std::end(outcomes), e.outcome) == std::end(outcomes);
}
// Where measured and limit differ by little, the digits that show it.
inline std::string figure_beside(double value, double other) {
  const bool is_close = value != other && std::fabs(value - other) <= 0.01 * std::max(std::fabs(value), std::fabs(other));
  return is_close ? fmt::format("{:.8g}", value) : figure(value);
}
inline std::string measured(const GateEntry& e) {
  if (!is_measured(e)) return "";
  const std::string low = figure_beside(e.measured_low, e.limit), high = figure_beside(e.measured_high, e.limit);
  return fmt::format("{}{} {}", low, low == high ? "" : " to " + high, e.unit);
}
inline std::string limit(const GateEntry& e) { return fmt::format("{} {}", figure_beside(e.limit, e.measured_low), e.unit); }

// A law of isolation says what happened; its figures are one deed where none is allowed.
inline bool tells_by_incident(const VerdictEntry& v) { return v.isolation && !v.incident.empty(); }

// Is there a limit that says something? Of a law that was not measured, or that nothing may break, there is none.
inline bool has_limit(const GateEntry& e, const VerdictEntry* verdict) {
  return (is_measured(e) || e.kind != "law") && !(verdict && tells_by_incident(*verdict));
}

inline GateEntry entry_of(const VerdictEntry& v) {
  GateEntry e;
  e.kind = "law";
  e.metric = v.property;
  e.implementation = v.implementation;
  e.subject_version = v.subject_version;
  e.instruction_set = v.instruction_set;
  e.operation = v.operation;
  e.format = v.format;
  e.measured_low = v.measured_low;
  e.measured_high = v.measured_high;
  e.limit = v.bound;
  e.unit = v.unit;
  e.basis = v.basis;
  e.rerun = v.rerun;
  if (v.witness) e.row = v.witness->x.empty() ? v.witness->row : fmt::format("{}", fmt::join(v.witness->x, " "));
  const auto said = [&](std::string text) {
    if (tells_by_incident(v) || v.outcome != "broken")
      text += v.incident.empty() ? "" : ": " + v.incident;
    else
      text += fmt::format(": measured {}, {} {}", measured(e), v.basis == "claim" ? "allowed" : "proved", limit(e));
    return text + (v.means.empty() || v.outcome != "broken" ? "." : ". " + v.means);
  };
  if (v.outcome == "broken" && !v.declared_break.empty()) {
    e.outcome = "known_broken";
    e.reason = v.declared_break;
    e.sentence = said(fmt::format("{} is broken, as declared", v.property));
  } else if (v.outcome == "broken") {
    e.outcome = "broken";
    e.sentence = said(fmt::format("{} is broken", v.property));
  } else if (v.outcome == "holds" && !v.declared_break.empty()) {
    e.outcome = "unexpectedly_holds";
    e.reason = v.declared_break;
    e.sentence = fmt::format(
        "{} holds, though it is declared broken: take the declaration away, or look for the row that breaks it.", v.property);
  } else if (v.outcome == "vacuous") {
    e.outcome = "untested";
    e.sentence = fmt::format("{} was exercised by too few rows, which proves nothing.", v.property);
  } else {
    e.outcome = v.outcome;
    e.sentence = v.outcome == "undecided" ? said(fmt::format("{} could not be decided", v.property))
                 : v.outcome == "crashed" ? said(fmt::format("the subject crashed under {}", v.property))
                 : v.outcome == "timed_out"
                     ? said(fmt::format("the subject did not answer in time under {}", v.property))
                     : said(fmt::format("{} {}", v.property, v.outcome == "skipped" ? "was skipped" : "holds"));
  }
  return e;
}

// `storage` is what they live in where they had to be made.
inline std::span<const GateEntry> entries_of(const Report& report, std::vector<GateEntry>& storage) {
  if (report.gate) return report.gate->entries;
  storage.reserve(report.verdicts.size());
  for (const VerdictEntry& v : report.verdicts) storage.push_back(entry_of(v));
  return storage;
}

// The verdicts behind the entries about laws.
using Evidence = std::unordered_map<std::string, const VerdictEntry*>;
template <class Entry> std::string evidence_key(const std::string& law, const Entry& e) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", law, e.implementation, e.subject_version, e.instruction_set, e.operation,
                     e.format);
}
inline Evidence evidence_in(const Report& report) {
  Evidence evidence;
  for (const VerdictEntry& v : report.verdicts) evidence.try_emplace(evidence_key(v.property, v), &v);
  return evidence;
}
inline const VerdictEntry* verdict_behind(const GateEntry& e, const Evidence& evidence) {
  if (e.kind != "law" || evidence.empty()) return nullptr;
  const auto found = evidence.find(evidence_key(e.metric, e));
  return found == evidence.end() ? nullptr : found->second;
}

// 64 bits of Fowler, Noll and Vo's hash 1a.
inline std::uint64_t hashed(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325u) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}
// What makes an entry the same one tomorrow: neither its line nor what was measured. `seen` tells equals apart.
using Seen = std::unordered_map<std::uint64_t, std::size_t>;
inline std::string fingerprint(const GateEntry& e, Seen& seen) {
  std::uint64_t hash = hashed(fmt::format("{}", e.length));
  for (const std::string* part :
       {&e.kind, &e.metric, &e.implementation, &e.instruction_set, &e.operation, &e.format, &e.regime})
    hash = hashed(*part, hashed("\n", hash));
  const std::size_t before = seen[hash]++;
  return before == 0 ? fmt::format("{:016x}", hash) : fmt::format("{:016x}:{}", hash, before + 1);
}

struct Count {
  std::string_view outcome;
  std::size_t entries = 0;
};
// Every outcome that there is, also those that no entry has, then those that nobody knows.
inline std::vector<Count> counts(std::span<const GateEntry> entries) {
  std::vector<Count> all;
  for (const std::string_view outcome : gate_fails) all.push_back({outcome});
  for (const std::string_view outcome : gate_passes) all.push_back({outcome});
  for (const GateEntry& e : entries) {
    auto found = std::find_if(all.begin(), all.end(), [&](const Count& c) { return c.outcome == e.outcome; });
    if (found == all.end()) found = all.insert(all.end(), {e.outcome});
    ++found->entries;
  }
  return all;
}

inline std::string_view headline(const Report& report, std::span<const GateEntry> entries) {
  const bool any_fails = std::any_of(entries.begin(), entries.end(), [](const GateEntry& e) { return fails(e.outcome); });
  if (!report.gate) {
    if (report.verdicts.empty()) return "nothing was judged";
    return any_fails ? "not everything is as declared" : "everything is as declared";
  }
  switch (report.gate->exit_code) {
    case 0: return any_fails ? "the gate fails" : "the gate passes";
    case 5: return "the gate fails: nothing was tested";
    case 77: return "the gate was skipped";
    default: return "the gate fails";
  }
}

// The verdict in words: the gate's own, or how many verdicts are as declared.
inline std::string verdict_sentence(const Report& report, std::span<const GateEntry> entries) {
  if (report.gate) return report.gate->sentence;
  if (report.verdicts.empty()) return "No law was asked.";
  std::string text = counted(entries.size(), "verdict", "verdicts") + ":";
  std::string_view separator = " ";
  for (const Count& c : counts(entries)) {
    if (c.entries == 0) continue;
    text += fmt::format("{}{} {}", separator, c.entries, clean(c.outcome));
    separator = ", ";
  }
  return text + ".";
}

// Largest errors of one subject over all lengths and regimes, generated and real rows apart.
struct SubjectAccuracy {
  std::string implementation, instruction_set, operation, format;
  bool is_real = false;
  double max_ulp = 0, p99_ulp = 0, max_over_bound = 0, norm_wise = 0, misrounded = 0; // misrounded: share
  std::uint64_t elements = 0;
  const AccuracyEntry* worst = nullptr; // of max_ulp
};
inline std::vector<SubjectAccuracy> accuracy_of_subjects(const Report& report) {
  std::unordered_map<std::string, std::size_t> order;
  std::vector<SubjectAccuracy> subjects;
  for (const AccuracyEntry& a : report.accuracy) {
    const bool is_real = a.regime.ends_with(".npy");
    // By what readers will see: two names that differ in a control character only are one to them.
    const std::string names[] = {clean(a.implementation), clean(a.instruction_set), clean(a.operation), clean(a.format)};
    const std::string key = fmt::format("{}\n{}", fmt::join(names, "\n"), is_real);
    if (order.try_emplace(key, subjects.size()).second) subjects.push_back({names[0], names[1], names[2], names[3], is_real});
    SubjectAccuracy& s = subjects[order[key]];
    // NaN is worse than anything, and would lose every comparison.
    const auto worse = [](double one, double other) { return std::isnan(one) || one > other; };
    if (!s.worst || worse(a.max_ulp, s.max_ulp)) s.worst = &a;
    for (const auto& [all, one] : {std::pair(&s.max_ulp, a.max_ulp), std::pair(&s.p99_ulp, a.p99_ulp),
                                   std::pair(&s.max_over_bound, a.max_over_bound), std::pair(&s.norm_wise, a.norm_wise)})
      if (worse(one, *all)) *all = one;
    s.misrounded += a.misrounded * static_cast<double>(a.elements); // elements, until the end
    s.elements += a.elements;
  }
  for (SubjectAccuracy& s : subjects)
    if (s.elements > 0) s.misrounded /= static_cast<double>(s.elements);
  return subjects;
}

} // namespace softmax_audit::judged
