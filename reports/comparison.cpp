#include "reports/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace softmax_audit {
namespace {

// implementation, instruction set, operation, format
using SubjectKey = std::tuple<std::string, std::string, std::string, std::string>;
template <class Entry> SubjectKey subject_key(const Entry& entry, bool disregard_names) {
  return {disregard_names ? "" : entry.implementation, entry.instruction_set, entry.operation, entry.format};
}

std::set<std::string> implementations_of(const Report& report) {
  std::set<std::string> names;
  for (const VerdictEntry& entry : report.verdicts) names.insert(entry.implementation);
  for (const AccuracyEntry& entry : report.accuracy) names.insert(entry.implementation);
  return names;
}

// Entries that have the same key, in the order in which they stand (several versions of one library in one report).
template <class Entry, class KeyOf> auto by_key(const std::vector<Entry>& entries, KeyOf key_of) {
  std::map<std::pair<decltype(key_of(entries.front())), std::size_t>, const Entry*> all;
  std::map<decltype(key_of(entries.front())), std::size_t> seen;
  for (const Entry& entry : entries) {
    const auto key = key_of(entry);
    all[{key, seen[key]++}] = &entry;
  }
  return all;
}

// How bad an outcome is; equal numbers are different, but neither is worse. A break that was declared is a break.
int badness(const std::string& outcome) {
  constexpr std::array<std::string_view, 7> from_good_to_bad{"holds",  "skipped",   "vacuous", "undecided",
                                                             "broken", "timed_out", "crashed"};
  const auto place = std::find(from_good_to_bad.begin(), from_good_to_bad.end(), outcome) - from_good_to_bad.begin();
  return outcome == "vacuous" || outcome == "undecided" ? 1 : static_cast<int>(place);
}

struct NamedMetric {
  std::string_view name;
  double AccuracyEntry::*value;
};
// All are errors: less is better. The signed mean is not among them, nor what follows from others.
constexpr std::array<NamedMetric, 6> compared_metrics{{
    {"max_ulp", &AccuracyEntry::max_ulp},
    {"mean_ulp", &AccuracyEntry::mean_ulp},
    {"p99_ulp", &AccuracyEntry::p99_ulp},
    {"misrounded", &AccuracyEntry::misrounded},
    {"max_over_bound", &AccuracyEntry::max_over_bound},
    {"norm_wise", &AccuracyEntry::norm_wise},
}};

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }
bool is_worse(double after, double before) { return std::isnan(after) ? !std::isnan(before) : after > before; }

void compare_environments(const Report& before, const Report& after, Comparison& comparison) {
  const auto tell = [&](const std::string& what, const std::string& a, const std::string& b) {
    if (a != b) comparison.environment.push_back({what, a, b});
  };
  tell("version", before.tool_version, after.tool_version);
  tell("commit", before.tool_commit, after.tool_commit);
  std::map<std::string, std::pair<std::string, std::string>> all;
  for (const auto& [key, value] : before.environment) all[key].first = value;
  for (const auto& [key, value] : after.environment) all[key].second = value;
  for (const auto& [key, values] : all) {
    tell(key, values.first, values.second);
    if ((key == "seed" || key == "effort") && values.first != values.second) comparison.same_rows = false;
  }
  const auto versions = [](const Report& report) {
    std::map<std::string, std::set<std::string>> found;
    for (const VerdictEntry& v : report.verdicts)
      if (!v.subject_version.empty()) found[v.implementation].insert(v.subject_version);
    for (const AccuracyEntry& a : report.accuracy)
      if (!a.subject_version.empty()) found[a.implementation].insert(a.subject_version);
    return found;
  };
  auto earlier = versions(before), later = versions(after);
  for (const auto& [implementation, names] : later)
    if (earlier.count(implementation) > 0)
      tell(implementation, fmt::format("{}", fmt::join(earlier[implementation], ", ")),
           fmt::format("{}", fmt::join(names, ", ")));
}

using Alone = std::map<std::pair<std::string, SubjectKey>, std::pair<std::uint64_t, std::uint64_t>>;

template <class Entry> void note_alone(Alone& alone, const std::string& in, const Entry& entry, bool is_verdict) {
  auto& counts = alone[{in, subject_key(entry, false)}];
  ++(is_verdict ? counts.first : counts.second);
}

void compare_verdicts(const Report& before, const Report& after, bool disregard_names, Comparison& comparison, Alone& alone) {
  const auto key_of = [&](const VerdictEntry& v) { return std::pair(subject_key(v, disregard_names), v.property); };
  const auto earlier = by_key(before.verdicts, key_of), later = by_key(after.verdicts, key_of);
  for (const auto& [key, verdict] : earlier)
    if (later.count(key) == 0) note_alone(alone, "before", *verdict, true);
  for (const auto& [key, now] : later) {
    const auto found = earlier.find(key);
    if (found == earlier.end()) {
      note_alone(alone, "after", *now, true);
      continue;
    }
    const VerdictEntry& then = *found->second;
    if (then.outcome == now->outcome) {
      ++comparison.verdicts_unchanged;
      continue;
    }
    const int step = badness(now->outcome) - badness(then.outcome);
    comparison.verdicts.push_back({step > 0   ? "worse"
                                   : step < 0 ? "better"
                                              : "other",
                                   now->property, now->implementation, now->instruction_set, now->operation, now->format,
                                   then.outcome, now->outcome, then.measured_low, now->measured_low, then.bound, now->bound,
                                   now->unit, now->rerun});
  }
}

void compare_accuracy(const Report& before, const Report& after, bool disregard_names, Comparison& comparison, Alone& alone) {
  const auto key_of = [&](const AccuracyEntry& a) {
    return std::tuple(subject_key(a, disregard_names), a.length, a.regime, a.found_by);
  };
  const auto earlier = by_key(before.accuracy, key_of), later = by_key(after.accuracy, key_of);
  for (const auto& [key, cell] : earlier)
    if (later.count(key) == 0) note_alone(alone, "before", *cell, false);
  for (const auto& [key, now] : later) {
    const auto found = earlier.find(key);
    if (found == earlier.end()) {
      note_alone(alone, "after", *now, false);
      continue;
    }
    const AccuracyEntry& then = *found->second;
    if (then.cases != now->cases || then.elements != now->elements) comparison.same_rows = false;
    Comparison::Accuracy cell{
        "", now->implementation, now->instruction_set, now->operation, now->format, now->length, now->regime, {}, ""};
    bool worse = false, better = false;
    const auto consider = [&](std::string_view name, double a, double b) {
      if (same(a, b)) return;
      cell.metrics.push_back({std::string(name), a, b});
      (is_worse(b, a) ? worse : better) = true;
    };
    for (const NamedMetric& metric : compared_metrics) consider(metric.name, then.*metric.value, now->*metric.value);
    consider("not_a_number", static_cast<double>(then.not_a_number), static_cast<double>(now->not_a_number));
    if (!worse && !better) {
      ++comparison.accuracy_unchanged;
      continue;
    }
    cell.change = worse && better ? "both" : worse ? "worse" : "better";
    if (const auto row = now->worst.find("max_ulp"); row != now->worst.end()) cell.rerun = row->second.rerun;
    comparison.accuracy.push_back(std::move(cell));
  }
}

std::string counted(std::size_t n, std::string_view what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

// "1 verdict got worse, 2 better", of what can be told; the worse first.
template <class Entries> std::string changes(const Entries& entries, std::string_view what, std::string_view undirected) {
  std::size_t worse = 0, better = 0;
  for (const auto& entry : entries) {
    worse += entry.change == "worse";
    better += entry.change == "better";
  }
  const std::size_t others = entries.size() - worse - better;
  std::vector<std::string> parts;
  const auto add = [&](std::size_t n, std::string_view how) {
    if (n > 0) parts.push_back(parts.empty() ? fmt::format("{} {}", counted(n, what), how) : fmt::format("{} {}", n, how));
  };
  add(worse, "got worse");
  add(better, "got better");
  add(others, undirected);
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string sentence_of(const Comparison& c) {
  const bool nothing_common =
      c.verdicts.empty() && c.verdicts_unchanged == 0 && c.accuracy.empty() && c.accuracy_unchanged == 0;
  if (nothing_common) return "The two reports have no subject, operation and format in common: nothing can be compared.";
  std::vector<std::string> parts;
  if (!c.verdicts.empty()) parts.push_back(changes(c.verdicts, "verdict", "changed otherwise"));
  if (!c.accuracy.empty())
    parts.push_back(changes(c.accuracy, "accuracy cell", "got better in some figures and worse in others"));
  std::uint64_t lost = 0, gained = 0;
  for (const auto& alone : c.alone) (alone.in == "before" ? lost : gained) += alone.verdicts + alone.accuracy;
  std::string text;
  if (parts.empty())
    text = fmt::format("Nothing changed: {} and {} are the same.", counted(c.verdicts_unchanged, "verdict"),
                       counted(c.accuracy_unchanged, "accuracy cell"));
  else
    text = fmt::format("{}{}{}; {} and {} are unchanged.", parts[0], parts.size() > 1 ? "; " : "",
                       parts.size() > 1 ? parts[1] : "", counted(c.verdicts_unchanged, "verdict"),
                       counted(c.accuracy_unchanged, "cell"));
  if (lost > 0) text += fmt::format(" {} {} in the earlier report only.", lost, lost == 1 ? "stands" : "stand");
  if (gained > 0) text += fmt::format(" {} {} in the later one only.", gained, gained == 1 ? "stands" : "stand");
  if (!c.same_rows)
    text += " They were not measured on the same rows (seed, effort or the rows themselves differ), so small differences mean "
            "nothing.";
  return text;
}

} // namespace

Comparison compare(const Report& before, const Report& after, std::string before_file, std::string after_file) {
  Comparison comparison;
  comparison.before = std::move(before_file);
  comparison.after = std::move(after_file);
  const auto earlier = implementations_of(before), later = implementations_of(after);
  const bool disregard_names = earlier.size() == 1 && later.size() == 1 && earlier != later;
  compare_environments(before, after, comparison);
  if (disregard_names) comparison.environment.push_back({"implementation", *earlier.begin(), *later.begin()});
  Alone alone;
  compare_verdicts(before, after, disregard_names, comparison, alone);
  compare_accuracy(before, after, disregard_names, comparison, alone);
  for (const auto& [key, counts] : alone) {
    const auto& [implementation, instruction_set, operation, format] = key.second;
    comparison.alone.push_back({key.first, implementation, instruction_set, operation, format, counts.first, counts.second});
  }
  const auto rank = [](const std::string& change) { return change == "worse" ? 0 : change == "better" ? 2 : 1; };
  const auto worse_first = [&](const auto& a, const auto& b) { return rank(a.change) < rank(b.change); };
  std::stable_sort(comparison.verdicts.begin(), comparison.verdicts.end(), worse_first);
  std::stable_sort(comparison.accuracy.begin(), comparison.accuracy.end(), worse_first);
  comparison.sentence = sentence_of(comparison);
  return comparison;
}

} // namespace softmax_audit
