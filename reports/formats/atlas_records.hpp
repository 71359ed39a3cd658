// The atlas: what a report says, gathered by who was judged. One record is one implementation, version, instruction set, operation
// and format. A pure function of Report; records refer to its entries, which must outlive them.
#pragma once

#include "reports/formats/html_text.hpp"
#include "reports/report.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace softmax_audit::atlas {

// NaN counts as the largest: an error that is not even a number.
inline bool exceeds(double a, double b) { return std::isnan(a) ? !std::isnan(b) : a > b; }

// A row as --row takes it: its elements, or its name where it is too long to print.
inline std::string row_text(const Witness& witness) { return witness.x.empty() ? witness.row : markup::joined(witness.x, " "); }

struct LengthFigures {
  std::uint64_t length = 0, elements = 0, not_a_number = 0;
  double max_ulp = 0;         // of all rows, however found
  std::string row, found_by;  // that attain it
  std::string rerun;          // empty: unknown
  double max_over_bound = 0;  // of all rows
  std::string over_bound_row; // that attains it
  std::string over_bound_rerun;
  double mean_ulp = 0, misrounded = 0; // of sampled rows; a search for bad rows would distort them
};

// What was measured before a law, and by how much it is exceeded.
inline double ratio_of(const VerdictEntry& verdict) {
  if (!(verdict.measured_low > 0)) return 0;
  return verdict.bound == 0 ? HUGE_VAL : verdict.measured_low / verdict.bound;
}

inline bool is_incident(const VerdictEntry& verdict) { return verdict.outcome == "crashed" || verdict.outcome == "timed_out"; }
inline bool is_break(const VerdictEntry& verdict) { return verdict.outcome == "broken" || is_incident(verdict); }

// Rounding mode, flush-to-zero, exception flags: a column of their own beside the other laws of isolation.
inline bool is_about_floating_point(const VerdictEntry& verdict) {
  return verdict.property.find("floating_point") != std::string::npos || verdict.property == "raises_no_flags";
}

struct Record {
  std::string implementation, version, instruction_set, operation, format;
  std::string claim;                  // declared
  std::vector<LengthFigures> lengths; // ascending
  const StandingEntry* standing = nullptr;
  const VerdictEntry* sum = nullptr;                // sums_to_one
  std::vector<const VerdictEntry*> broken;          // and crashed, and timed out
  std::vector<const VerdictEntry*> conventions;     // special values follow another profile than the one that was assumed
  std::vector<const VerdictEntry*> isolation;       // whatever the outcome
  std::vector<const VerdictEntry*> floating_point;  // whatever the outcome
  std::vector<const SpeedEntry*> speeds;            // ascending lengths
  std::size_t held = 0, undecided = 0, vacuous = 0; // laws

  const LengthFigures* worst(double LengthFigures::*figure) const {
    const LengthFigures* found = nullptr;
    for (const LengthFigures& at : lengths)
      if (!found || exceeds(at.*figure, found->*figure)) found = &at;
    return found;
  }
  // Of everything that the declared, or else the default, class of arithmetic proves.
  bool keeps_proved_bounds() const {
    for (const LengthFigures& at : lengths)
      if (!(at.max_over_bound <= 1)) return false;
    return std::none_of(broken.begin(), broken.end(),
                        [](const VerdictEntry* v) { return v->basis == "theorem" || is_incident(*v); });
  }
};

// One break in the eyes of who mends it: one law of one operation of one library and version, in whatever variants and formats it
// shows.
struct Break {
  std::string library, version, operation, property;
  std::vector<const VerdictEntry*> places; // the first has the smallest row
  const FindingEntry* finding = nullptr;   // checked without this program
};

struct Library {
  std::string name;
  std::vector<std::string> versions, variants; // variants: names of implementations
  std::vector<std::size_t> records;            // of Atlas::records
  std::vector<std::size_t> breaks;             // of Atlas::breaks
  std::vector<const FindingEntry*> findings;   // that no verdict repeats
};

struct Atlas {
  const Report* report = nullptr;
  std::vector<Record> records;
  std::vector<Break> breaks;
  std::vector<Library> libraries;
  std::map<std::string, const VerdictEntry*> laws; // any verdict that tells a law's words
};

// "pytorch avx2" is a variant of pytorch.
inline std::string library_of(std::string_view implementation) {
  return std::string(implementation.substr(0, implementation.find(' ')));
}

// Instruction sets that only say how the code was reached.
inline std::string shown_instruction_set(const std::string& set) {
  return set == "worker" || set == "library" || set == "plugin" ? "" : set;
}

namespace building {

using Key = std::tuple<std::string, std::string, std::string, std::string, std::string>;

// Reports from before versions were recorded everywhere: the one that the verdicts name, if they agree.
class Versions {
public:
  explicit Versions(const Report& report) {
    for (const VerdictEntry& v : report.verdicts) known_[v.implementation].insert(v.subject_version);
  }
  template <class Entry> std::string of(const Entry& entry) const {
    if (!entry.subject_version.empty()) return entry.subject_version;
    const auto found = known_.find(entry.implementation);
    return found != known_.end() && found->second.size() == 1 ? *found->second.begin() : "";
  }

private:
  std::map<std::string, std::set<std::string>> known_;
};

inline void add(LengthFigures& figures, const AccuracyEntry& entry) {
  const auto worst = [&](const char* metric) {
    const auto found = entry.worst.find(metric);
    return found == entry.worst.end() ? nullptr : &found->second;
  };
  const bool first = figures.found_by.empty();
  if (first || exceeds(entry.max_ulp, figures.max_ulp)) {
    figures.max_ulp = entry.max_ulp;
    figures.found_by = entry.found_by;
    const auto* row = worst("max_ulp");
    figures.row = row ? row_text(row->witness) : "";
    figures.rerun = row ? row->rerun : "";
  }
  if (first || exceeds(entry.max_over_bound, figures.max_over_bound)) {
    figures.max_over_bound = entry.max_over_bound;
    const auto* row = worst("max_over_bound");
    figures.over_bound_row = row ? row_text(row->witness) : "";
    figures.over_bound_rerun = row ? row->rerun : "";
  }
  figures.not_a_number += entry.not_a_number;
}

// Means over what was sampled; where all regimes were measured together, over that alone.
inline void average(LengthFigures& figures, const std::vector<const AccuracyEntry*>& entries) {
  const auto is_pooled = [](const AccuracyEntry* e) { return e->regime == "all regimes" && e->found_by != "hunted"; };
  const bool pooled = std::any_of(entries.begin(), entries.end(), is_pooled);
  double errors = 0, misrounded = 0, finite = 0;
  for (const AccuracyEntry* entry : entries) {
    if (pooled ? !is_pooled(entry) : entry->found_by == "hunted") continue;
    const auto elements = static_cast<double>(entry->elements);
    const double numbers = elements - static_cast<double>(entry->not_a_number);
    figures.elements += entry->elements;
    misrounded += entry->misrounded * elements;
    if (numbers > 0) errors += entry->mean_ulp * numbers;
    finite += numbers;
  }
  if (finite > 0) figures.mean_ulp = errors / finite;
  if (figures.elements > 0) figures.misrounded = misrounded / static_cast<double>(figures.elements);
}

inline std::size_t smallness(const VerdictEntry& v) { return v.witness ? v.witness->rows * v.witness->cols : SIZE_MAX; }

inline bool is_about(const FindingEntry& finding, const Break& b) {
  if (finding.property != b.property || (!finding.operation.empty() && finding.operation != b.operation)) return false;
  return std::any_of(b.places.begin(), b.places.end(), [&](const VerdictEntry* v) {
    return (finding.implementation == v->implementation || finding.implementation == b.library) &&
           (finding.format.empty() || finding.format == v->format);
  });
}

} // namespace building

inline Atlas atlas_of(const Report& report) {
  using namespace building;
  Atlas atlas;
  atlas.report = &report;
  const Versions versions(report);
  std::map<Key, std::size_t> places;
  const auto record_of = [&](const auto& entry) -> Record& {
    const Key key{entry.implementation, versions.of(entry), entry.instruction_set, entry.operation, entry.format};
    const auto [place, is_new] = places.try_emplace(key, atlas.records.size());
    if (is_new) {
      Record record;
      std::tie(record.implementation, record.version, record.instruction_set, record.operation, record.format) = key;
      atlas.records.push_back(std::move(record));
    }
    return atlas.records[place->second];
  };

  for (const StandingEntry& entry : report.standings) {
    Record& record = record_of(entry);
    record.standing = &entry;
    record.claim = entry.claim;
  }
  for (const VerdictEntry& verdict : report.verdicts) {
    Record& record = record_of(verdict);
    record.claim = verdict.claim;
    const VerdictEntry*& law = atlas.laws[verdict.property];
    if (!law || law->means.empty()) law = &verdict;
    if (verdict.property == "sums_to_one") record.sum = &verdict;
    if (is_about_floating_point(verdict))
      record.floating_point.push_back(&verdict);
    else if (verdict.isolation)
      record.isolation.push_back(&verdict);
    // A convention of its own is no fault, as long as it is one.
    const bool is_convention = verdict.outcome == "broken" && verdict.because.find("profile") != std::string::npos &&
                               verdict.basis == "claim" && record.standing && !record.standing->profiles.empty();
    if (is_convention)
      record.conventions.push_back(&verdict);
    else if (is_break(verdict))
      record.broken.push_back(&verdict);
    record.held += verdict.outcome == "holds";
    record.undecided += verdict.outcome == "undecided";
    record.vacuous += verdict.outcome == "vacuous";
  }
  std::map<std::pair<std::size_t, std::uint64_t>, std::vector<const AccuracyEntry*>> measured;
  for (const AccuracyEntry& entry : report.accuracy) {
    Record& record = record_of(entry);
    if (record.claim.empty()) record.claim = entry.claim;
    measured[{static_cast<std::size_t>(&record - atlas.records.data()), entry.length}].push_back(&entry);
  }
  for (const auto& [place, entries] : measured) {
    LengthFigures figures;
    figures.length = place.second;
    for (const AccuracyEntry* entry : entries) add(figures, *entry);
    average(figures, entries);
    atlas.records[place.first].lengths.push_back(std::move(figures));
  }
  for (const SpeedEntry& entry : report.speed) record_of(entry).speeds.push_back(&entry);
  for (Record& record : atlas.records)
    std::stable_sort(record.speeds.begin(), record.speeds.end(),
                     [](const SpeedEntry* a, const SpeedEntry* b) { return a->length < b->length; });

  // Breaks, in the order of the records.
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> known;
  for (const Record& record : atlas.records)
    for (const VerdictEntry* verdict : record.broken) {
      const auto [place, is_new] = known.try_emplace(
          {library_of(record.implementation), record.version, record.operation, verdict->property}, atlas.breaks.size());
      if (is_new)
        atlas.breaks.push_back(
            {library_of(record.implementation), record.version, record.operation, verdict->property, {}, nullptr});
      atlas.breaks[place->second].places.push_back(verdict);
    }
  std::set<const FindingEntry*> repeated;
  for (Break& b : atlas.breaks) {
    std::stable_sort(b.places.begin(), b.places.end(), [](const VerdictEntry* left, const VerdictEntry* right) {
      if (smallness(*left) != smallness(*right)) return smallness(*left) < smallness(*right);
      return ratio_of(*left) > ratio_of(*right);
    });
    for (const FindingEntry& finding : report.findings)
      if (is_about(finding, b)) {
        if (!b.finding) b.finding = &finding;
        repeated.insert(&finding);
      }
  }

  const auto library_named = [&](const std::string& name) -> Library& {
    const auto found = std::find_if(atlas.libraries.begin(), atlas.libraries.end(),
                                    [&](const Library& library) { return library.name == name; });
    if (found != atlas.libraries.end()) return *found;
    Library library;
    library.name = name;
    atlas.libraries.push_back(std::move(library));
    return atlas.libraries.back();
  };
  const auto add_once = [](std::vector<std::string>& names, const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (std::size_t k = 0; k < atlas.records.size(); ++k) {
    Library& library = library_named(library_of(atlas.records[k].implementation));
    library.records.push_back(k);
    add_once(library.versions, atlas.records[k].version);
    add_once(library.variants, atlas.records[k].implementation);
  }
  for (std::size_t k = 0; k < atlas.breaks.size(); ++k) library_named(atlas.breaks[k].library).breaks.push_back(k);
  // What was checked by hand first, then what ends or hangs a program.
  const auto rank = [&](std::size_t k) {
    return atlas.breaks[k].finding ? 0 : is_incident(*atlas.breaks[k].places.front()) ? 1 : 2;
  };
  for (Library& library : atlas.libraries)
    std::stable_sort(library.breaks.begin(), library.breaks.end(),
                     [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  for (const FindingEntry& finding : report.findings)
    if (repeated.count(&finding) == 0) library_named(library_of(finding.implementation)).findings.push_back(&finding);
  // By name, whatever the order in which files were joined; the letter's case does not matter.
  const auto lower = [](std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
    return text;
  };
  std::stable_sort(atlas.libraries.begin(), atlas.libraries.end(),
                   [&](const Library& a, const Library& b) { return lower(a.name) < lower(b.name); });
  return atlas;
}

} // namespace softmax_audit::atlas
