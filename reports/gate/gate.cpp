#include "reports/gate/gate.hpp"

#include "reports/formats/text_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace softmax_audit {
namespace {

using Kind = GateMetric::Kind;

std::string text_of(Date date) { return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day); }

// The digits that show on which side of the limit a figure lies.
std::string digits(double value, double limit) {
  const std::string three = figure(value);
  return value != limit && three == figure(limit) ? fmt::format("{:.9g}", value) : three;
}

std::string with_unit(std::string value, std::string_view unit) {
  return unit.empty() || unit == "share" ? value : fmt::format("{} {}", value, unit);
}

std::string cell_name(const AccuracyEntry& a) { return fmt::format("rows of {}, {}", a.length, a.regime); }

std::string line_of(const Witness& witness) {
  return witness.x.empty() ? witness.row : fmt::format("{}", fmt::join(witness.x, " "));
}

GateEntry entry_about(const GatedSubject& gated, std::string_view kind, std::string metric, std::string_view operation,
                      std::string_view format, const std::string& file, Place place) {
  GateEntry entry;
  entry.kind = kind;
  entry.metric = std::move(metric);
  entry.implementation = gated.named->subject.name;
  entry.subject_version = gated.named->subject.version;
  entry.instruction_set = gated.named->subject.instruction_set;
  entry.operation = operation;
  entry.format = format;
  entry.file = file;
  entry.line = place.line;
  entry.column = place.column;
  return entry;
}

GateEntry entry_of(const Limit& limit, const GatedSubject& gated, std::string_view operation, std::string_view format,
                   const std::string& file) {
  GateEntry entry = entry_about(gated, "limit", limit.metric.name, operation, format, file, limit.place);
  entry.limit = limit.number;
  entry.unit = limit.metric.unit;
  entry.basis = limit.basis;
  entry.reason = limit.reason;
  return entry;
}

// What the user is to do about something that fails.
std::string advice(const GateEntry& entry, bool by_limit) {
  return by_limit ? fmt::format("mend it, or change the limit at {}:{} and say why", entry.file, entry.line)
                  : fmt::format("mend it; if it has to wait, add [[subject.known_broken]] property = \"{}\" and a reason",
                                entry.metric);
}

// One law on one question: the verdict, by the limit if there is one, and what the policy knows about it.
GateEntry entry_of(const VerdictEntry& v, const Limit* limit, const GatedSubject& gated, const Policy& policy, Date today,
                   std::vector<bool>& known_used) {
  GateEntry entry = limit ? entry_of(*limit, gated, v.operation, v.format, policy.file)
                          : entry_about(gated, v.isolation ? "isolation" : "law", v.property, v.operation, v.format,
                                        policy.file, gated.policy->place);
  if (!limit) {
    entry.limit = v.bound;
    entry.unit = v.unit;
    entry.basis = v.basis;
  }
  entry.measured_low = v.measured_low;
  entry.measured_high = v.measured_high;
  entry.rerun = v.rerun;
  if (v.witness && v.outcome != "holds") entry.row = line_of(*v.witness);

  const KnownBreak* known = nullptr;
  bool expired = false;
  for (std::size_t k = 0; k < gated.policy->known_breaks.size(); ++k) {
    const KnownBreak& candidate = gated.policy->known_breaks[k];
    if (candidate.property != v.property || !matches({candidate.operation}, v.operation) ||
        !matches({candidate.format}, v.format))
      continue;
    known_used[k] = true;
    expired = has_expired(candidate.expires, today);
    known = &candidate;
  }
  const std::string declared = known && !expired ? known->reason : v.declared_break;
  const bool fails = v.outcome == "broken" || v.outcome == "crashed" || v.outcome == "timed_out";
  entry.outcome = v.outcome == "vacuous" ? "skipped" : v.outcome;
  if (!declared.empty()) {
    if (fails) entry.outcome = "known_broken";
    if (v.outcome == "holds") entry.outcome = "unexpectedly_holds";
    entry.reason = declared;
    if (known) {
      entry.line = known->place.line;
      entry.column = known->place.column;
    }
  }
  const bool by_incident = v.isolation || v.outcome == "crashed" || v.outcome == "timed_out" || v.outcome == "undecided";
  const std::string what = by_incident && !v.incident.empty()
                               ? v.incident
                               : fmt::format("measured {}, {} {}", with_unit(digits(v.measured_low, v.bound), v.unit),
                                             limit                  ? "limit"
                                             : v.basis == "theorem" ? "proved"
                                                                    : "allowed",
                                             with_unit(digits(v.bound, v.measured_low), v.unit));
  if (entry.outcome == "holds")
    entry.sentence = fmt::format("{} holds in {} cases", v.property, v.cases);
  else if (entry.outcome == "skipped")
    entry.sentence = fmt::format("{} was not judged: {}", v.property, v.incident);
  else if (entry.outcome == "known_broken")
    entry.sentence = fmt::format("{} is broken, as known: {}", v.property, what);
  else if (entry.outcome == "unexpectedly_holds")
    entry.sentence =
        fmt::format("{} holds although it is known as broken: {}", v.property,
                    known ? fmt::format("remove the [[subject.known_broken]] at {}:{}", policy.file, known->place.line)
                          : std::string("remove the implementation's declaration"));
  else if (entry.outcome == "undecided")
    entry.sentence = fmt::format("{} is undecided: {}; this is the program's failure, not the subject's", v.property, what);
  else
    entry.sentence = fmt::format("{} is {}{}: {}. {} So {}", v.property, v.outcome == "broken" ? "broken" : "not answered",
                                 expired ? fmt::format(" (accepted until {})", text_of(*known->expires)) : "", what, v.means,
                                 advice(entry, limit != nullptr));
  return entry;
}

// One limit on the cells of one question. The cell that is worst stands for all of them.
std::vector<GateEntry> entries_of_cells(const GatedSubject& gated, const Policy& policy, Date today,
                                        std::vector<std::size_t>& used) {
  struct Cells {
    const Limit* limit;
    const AccuracyEntry* worst;
    double value;
    std::size_t count;
  };
  std::vector<Cells> groups;
  for (const AccuracyEntry& a : gated.accuracy) {
    std::vector<const Limit*> in_force; // of each metric the latest
    for (const Limit& limit : policy.limits) {
      if (limit.metric.kind != Kind::accuracy || has_expired(limit.expires, today) ||
          !is_about(limit, a.implementation, a.operation, a.format) || !matches(limit.regime, a.regime) ||
          a.length < limit.shortest || a.length > limit.longest)
        continue;
      const auto same = std::find_if(in_force.begin(), in_force.end(),
                                     [&](const Limit* other) { return other->metric.name == limit.metric.name; });
      if (same == in_force.end())
        in_force.push_back(&limit);
      else
        *same = &limit;
    }
    for (const Limit* limit : in_force) {
      const std::string& metric = limit->metric.name;
      double value = metric == "max_ulp"           ? a.max_ulp
                     : metric == "p99_ulp"         ? a.p99_ulp
                     : metric == "mean_ulp"        ? a.mean_ulp
                     : metric == "signed_mean_ulp" ? std::fabs(a.signed_mean_ulp)
                     : metric == "misrounded"      ? a.misrounded
                     : metric == "max_over_bound"  ? a.max_over_bound
                                                   : a.norm_wise;
      if (std::isnan(value)) value = HUGE_VAL; // no element was a number
      const auto group = std::find_if(groups.begin(), groups.end(), [&](const Cells& cells) {
        return cells.limit == limit && cells.worst->operation == a.operation && cells.worst->format == a.format;
      });
      if (group == groups.end())
        groups.push_back({limit, &a, value, 1});
      else {
        ++group->count;
        if (value > group->value) {
          group->worst = &a;
          group->value = value;
        }
      }
    }
  }
  std::vector<GateEntry> entries;
  for (const Cells& cells : groups) {
    const AccuracyEntry& a = *cells.worst;
    used[static_cast<std::size_t>(cells.limit - policy.limits.data())] += cells.count;
    GateEntry entry = entry_of(*cells.limit, gated, a.operation, a.format, policy.file);
    entry.length = a.length;
    entry.regime = a.regime;
    entry.measured_low = entry.measured_high = cells.value;
    if (const auto worst = a.worst.find(entry.metric); worst != a.worst.end()) {
      entry.rerun = worst->second.rerun;
      entry.row = line_of(worst->second.witness);
      // The tables hold errors in steps; what a limit is about is decided by intervals on the row itself.
      if (entry.metric == "max_ulp" && std::isfinite(cells.value)) {
        const VerdictEntry verdict = gated.judge_row(a, worst->second.witness, entry.limit);
        if (verdict.outcome != "vacuous" && verdict.outcome != "skipped") {
          entry.outcome = verdict.outcome;
          entry.measured_low = verdict.measured_low;
          entry.measured_high = verdict.measured_high;
        }
      }
    }
    if (entry.outcome.empty()) entry.outcome = name(decide({entry.measured_low, entry.measured_high}, entry.limit));
    const std::string measured = fmt::format(
        "{} {}, limit {}, worst in {} ({} cells)", entry.metric, with_unit(digits(entry.measured_low, entry.limit), entry.unit),
        with_unit(digits(entry.limit, entry.measured_low), entry.unit), cell_name(a), cells.count);
    entry.sentence = entry.outcome == "broken" ? fmt::format("{}: {}", measured, advice(entry, true)) : measured;
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Contracts, profiles, memory and speed: what is asked of a question as a whole.
GateEntry entry_of_question(const Limit& limit, const GatedSubject& gated, const Offer& offer, const std::string& file) {
  const std::string operation(name(offer.operation)), format(name(offer.format));
  GateEntry entry = entry_of(limit, gated, operation, format, file);
  const auto of_question = [&](const VerdictEntry& v) { return v.operation == operation && v.format == format; };
  switch (limit.metric.kind) {
    case Kind::contracts: {
      std::string differing, missing;
      for (const std::string& contract : limit.names) {
        std::uint64_t compared = 0, differed = 0;
        for (const VerdictEntry& v : gated.verdicts)
          if (of_question(v) && v.contract == contract) {
            compared += v.bits_compared;
            differed += v.bits_differed;
            if (v.bits_differed > 0 && entry.rerun.empty()) entry.rerun = v.rerun;
          }
        if (compared == 0) missing += (missing.empty() ? "" : ", ") + contract;
        if (differed == 0) continue;
        entry.measured_low = entry.measured_high =
            std::max(entry.measured_high, static_cast<double>(differed) / static_cast<double>(compared));
        differing += fmt::format("{}{} (in {} of {} cases)", differing.empty() ? "" : ", ", contract, differed, compared);
      }
      entry.outcome = !differing.empty() ? "broken" : !missing.empty() ? "untested" : "holds";
      if (!differing.empty())
        entry.sentence =
            fmt::format("results differ in their bits where they must not: {}; {}", differing, advice(entry, true));
      else if (!missing.empty())
        entry.sentence = fmt::format(
            "nothing compared two runs for {}: the subject cannot be asked in those ways; take it out of the limit", missing);
      else
        entry.sentence = fmt::format("bit for bit the same under {}", fmt::join(limit.names, ", "));
      return entry;
    }
    case Kind::special_values:
    case Kind::subnormals: {
      const std::vector<std::string> met = gated.met(offer.operation, offer.format, limit.metric.kind);
      const bool holds = std::any_of(limit.names.begin(), limit.names.end(), [&](const std::string& wanted) {
        return std::find(met.begin(), met.end(), wanted) != met.end();
      });
      entry.measured_low = entry.measured_high = holds ? 0 : 1;
      entry.limit = 0;
      entry.outcome = holds ? "holds" : "broken";
      entry.sentence = fmt::format(
          "{} {}, limit {}{}", limit.metric.kind == Kind::subnormals ? "below the normal range it is" : "special values follow",
          met.empty() ? "none that is known" : fmt::format("{}", fmt::join(met, ", ")), fmt::join(limit.names, " or "),
          holds ? "" : ": " + advice(entry, true));
      return entry;
    }
    case Kind::memory: {
      std::size_t judged = 0;
      std::string broken;
      for (const VerdictEntry& v : gated.verdicts) {
        if (!of_question(v) || !is_about_memory(v.property) || v.outcome == "vacuous" || v.outcome == "skipped") continue;
        ++judged;
        if (v.outcome == "holds") continue;
        entry.measured_low += 1;
        if (entry.rerun.empty()) entry.rerun = v.rerun;
        broken += (broken.empty() ? "" : ", ") + v.property;
      }
      entry.measured_high = entry.measured_low;
      entry.outcome =
          judged == 0 ? "untested" : std::string(name(decide({entry.measured_low, entry.measured_high}, entry.limit)));
      entry.sentence = judged == 0 ? "no law about memory could be judged; take the limit away or judge another build"
                       : broken.empty()
                           ? fmt::format("{} laws about memory hold", judged)
                           : fmt::format("broken: {}{}", broken, entry.outcome == "broken" ? "; " + advice(entry, true) : "");
      return entry;
    }
    default: {
      const std::uint64_t length = limit.shortest == limit.longest ? limit.shortest : 1000;
      entry.length = length;
      try {
        const SpeedRatio ratio = gated.speed(offer.operation, offer.format, length, limit.against);
        entry.measured_low = ratio.low;
        entry.measured_high = ratio.high;
        const Outcome outcome = decide({ratio.low, ratio.high}, entry.limit);
        entry.outcome = outcome == Outcome::undecided ? "inconclusive" : std::string(name(outcome));
        entry.sentence =
            fmt::format("takes {:.3g} to {:.3g} times as long as {} (rows of {}), limit {}{}", ratio.low, ratio.high,
                        limit.against, length, figure(entry.limit),
                        outcome == Outcome::broken      ? ": " + advice(entry, true)
                        : outcome == Outcome::undecided ? ": too near to tell on this machine; nothing is held against it"
                                                        : "");
      } catch (const Incident& incident) {
        entry.outcome = incident.kind == Incident::Kind::refused     ? "skipped"
                        : incident.kind == Incident::Kind::timed_out ? "timed_out"
                                                                     : "crashed";
        entry.sentence = fmt::format("could not be timed: {}", incident.what());
      }
      return entry;
    }
  }
}

} // namespace

bool has_expired(const std::optional<Date>& expires, Date today) { return expires && today >= *expires; }

bool is_about(const Limit& limit, std::string_view subject, std::string_view operation, std::string_view format) {
  return matches(limit.implementation, subject) && matches(limit.operation, operation) && matches(limit.format, format);
}

const Limit* limit_on_law(const Policy& policy, std::string_view property, std::string_view subject, std::string_view operation,
                          std::string_view format, Date today) {
  const Limit* latest = nullptr;
  for (const Limit& limit : policy.limits)
    if (limit.metric.kind == Kind::law && limit.metric.property->name == property && !has_expired(limit.expires, today) &&
        is_about(limit, subject, operation, format))
      latest = &limit;
  return latest;
}

std::vector<GateEntry> entries_of(const GatedSubject& gated, const Policy& policy, Date today, std::vector<std::size_t>& used) {
  std::vector<GateEntry> entries;
  std::vector<bool> known_used(gated.policy->known_breaks.size(), false);
  for (const VerdictEntry& v : gated.verdicts) {
    const Limit* limit = limit_on_law(policy, v.property, v.implementation, v.operation, v.format, today);
    if (limit) ++used[static_cast<std::size_t>(limit - policy.limits.data())];
    entries.push_back(entry_of(v, limit, gated, policy, today, known_used));
  }
  for (std::size_t k = 0; k < known_used.size(); ++k) {
    const KnownBreak& known = gated.policy->known_breaks[k];
    if (known_used[k]) continue;
    GateEntry entry = entry_about(gated, "law", known.property, known.operation, known.format, policy.file, known.place);
    entry.outcome = "untested";
    entry.reason = known.reason;
    entry.sentence = fmt::format(
        "{} is known as broken, but it was not judged: it is no law of what the subject offers; remove it from {}:{}",
        known.property, policy.file, known.place.line);
    entries.push_back(std::move(entry));
  }
  for (GateEntry& entry : entries_of_cells(gated, policy, today, used)) entries.push_back(std::move(entry));
  for (const Offer& offer : gated.named->subject.offers) {
    std::vector<const Limit*> in_force; // of each metric (speed: and length, and what it is compared with) the latest
    for (const Limit& limit : policy.limits) {
      if (limit.metric.kind == Kind::accuracy || limit.metric.kind == Kind::law || has_expired(limit.expires, today) ||
          !is_about(limit, gated.named->subject.name, name(offer.operation), name(offer.format)))
        continue;
      const auto same = std::find_if(in_force.begin(), in_force.end(), [&](const Limit* other) {
        return other->metric.kind == limit.metric.kind && other->shortest == limit.shortest && other->against == limit.against;
      });
      if (same == in_force.end())
        in_force.push_back(&limit);
      else
        *same = &limit;
    }
    for (const Limit* limit : in_force) {
      ++used[static_cast<std::size_t>(limit - policy.limits.data())];
      entries.push_back(entry_of_question(*limit, gated, offer, policy.file));
    }
  }
  return entries;
}

std::vector<GateEntry> entries_of_limits(const Policy& policy, Date today, const std::vector<std::size_t>& used) {
  std::vector<GateEntry> entries;
  for (std::size_t k = 0; k < policy.limits.size(); ++k) {
    const Limit& limit = policy.limits[k];
    if (used[k] > 0) continue;
    GateEntry entry;
    entry.kind = "limit";
    entry.metric = limit.metric.name;
    entry.implementation = limit.implementation.empty() ? "*" : fmt::format("{}", fmt::join(limit.implementation, ", "));
    entry.limit = limit.number;
    entry.unit = limit.metric.unit;
    entry.basis = limit.basis;
    entry.reason = limit.reason;
    entry.file = policy.file;
    entry.line = limit.place.line;
    entry.column = limit.place.column;
    if (has_expired(limit.expires, today)) {
      entry.outcome = "expired";
      entry.sentence =
          fmt::format("the limit has expired on {}; what it was about is held to the proved bound (or to an earlier limit) "
                      "again: remove it, or renew its date and its reason",
                      text_of(*limit.expires));
    } else {
      entry.outcome = "untested";
      entry.sentence =
          "nothing that was judged is what this limit is about, or a later limit takes its place everywhere: mend its patterns "
          "(implementation, operation, format, length, regime), or remove it";
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<GateEntry> entries_of_baseline(const std::vector<FigureChange>& changes, std::size_t figures,
                                           const GatedSubject& gated, const Policy& policy, const std::string& baseline_file) {
  std::vector<GateEntry> entries;
  std::size_t differing = 0;
  for (const FigureChange& change : changes) {
    // softmax/f32/1000/spread/max_ulp, softmax/f32/contracts/batch
    std::vector<std::string> parts{""};
    for (const char c : change.figure)
      if (c == '/')
        parts.emplace_back();
      else
        parts.back() += c;
    parts.resize(std::max<std::size_t>(parts.size(), 4));
    const bool is_cell = parts[2] != "contracts" && parts.size() >= 5;
    GateEntry entry = entry_about(gated, "baseline", is_cell ? parts.back() : "contracts", parts[0], parts[1], policy.file,
                                  gated.policy->place);
    if (is_cell) {
      entry.length = std::strtoull(parts[2].c_str(), nullptr, 10);
      entry.regime = parts[3];
    }
    entry.outcome = change.outcome;
    entry.measured_low = entry.measured_high = change.now;
    entry.limit = change.before;
    entry.basis = "measured";
    if (change.outcome == "missing")
      entry.sentence = fmt::format("{} is in the baseline and was not measured this time", change.figure);
    else if (change.outcome == "new")
      entry.sentence =
          fmt::format("{} is {} and not in the baseline; --update-baseline adds it", change.figure, figure(change.now));
    else if (change.outcome == "improved")
      entry.sentence = fmt::format("{} is {}, it was {}; --update-baseline keeps it there", change.figure,
                                   digits(change.now, change.before), digits(change.before, change.now));
    else
      entry.sentence =
          fmt::format("{} is {}, it was {} ({}): mend it, or --update-baseline --allow-regression \"REASON\"", change.figure,
                      digits(change.now, change.before), digits(change.before, change.now), baseline_file);
    const auto worst = std::find_if(gated.accuracy.begin(), gated.accuracy.end(), [&](const AccuracyEntry& a) {
      return a.operation == entry.operation && a.format == entry.format && a.length == entry.length && a.regime == entry.regime;
    });
    if (worst != gated.accuracy.end())
      if (const auto row = worst->worst.find(entry.metric); row != worst->worst.end()) {
        entry.rerun = row->second.rerun;
        entry.row = line_of(row->second.witness);
      }
    differing += change.outcome != "missing";
    entries.push_back(std::move(entry));
  }
  GateEntry same = entry_about(gated, "baseline", "all figures", "", "", policy.file, gated.policy->place);
  same.outcome = "unchanged";
  same.basis = "measured";
  same.sentence = fmt::format("{} figures are what they were, to the last bit", figures - differing);
  if (figures > differing) entries.push_back(std::move(same));
  return entries;
}

void conclude(Gate& gate) {
  const auto count = [&](std::string_view outcome) {
    return std::count_if(gate.entries.begin(), gate.entries.end(), [&](const GateEntry& e) { return e.outcome == outcome; });
  };
  const auto held = count("holds"), undecided = count("undecided"), ended = count("crashed") + count("timed_out");
  const auto untested = count("untested");
  const auto not_isolated = std::count_if(gate.entries.begin(), gate.entries.end(),
                                          [](const GateEntry& e) { return e.kind == "isolation" && e.outcome == "broken"; });
  const auto failed = count("broken") - not_isolated + count("regressed") + count("unexpectedly_holds");
  const auto known = count("known_broken");
  if (undecided > 0)
    gate.exit_code = 4;
  else if (ended + not_isolated > 0)
    gate.exit_code = 3;
  else if (failed > 0)
    gate.exit_code = 1;
  else if (untested > 0)
    gate.exit_code = 5;
  else if (held + known > 0)
    gate.exit_code = 0;
  else
    gate.exit_code = count("skipped") > 0 ? 77 : 5;
  std::vector<std::string> parts;
  const auto say = [&](std::ptrdiff_t n, std::string_view what) {
    if (n > 0) parts.push_back(fmt::format("{} {}", n, what));
  };
  say(ended, "crashed or hung");
  say(count("broken"), "broken");
  say(count("regressed"), count("regressed") == 1 ? "figure regressed" : "figures regressed");
  say(count("unexpectedly_holds"), "known as broken and not broken any more");
  say(undecided, "undecided");
  say(untested, "not tested");
  say(known, "known as broken");
  say(count("improved"), count("improved") == 1 ? "figure improved" : "figures improved");
  say(count("inconclusive"), "inconclusive");
  say(count("expired"), "expired");
  say(held, "hold");
  gate.sentence = fmt::format("{}: {}{}",
                              gate.exit_code == 0    ? "The gate passes"
                              : gate.exit_code == 77 ? "Everything was skipped"
                                                     : "The gate fails",
                              parts.empty() ? "nothing was tested" : fmt::format("{}", fmt::join(parts, ", ")),
                              gate.baseline == "none for this machine" ? "; there is no baseline for this machine"
                              : gate.baseline == "absent"              ? "; the baseline file does not exist yet"
                                                                       : "");
}

} // namespace softmax_audit
