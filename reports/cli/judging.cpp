#include "reports/cli/judging.hpp"

#include "impl/foreign/worker.hpp"
#include "impl/registry.hpp"
#include "properties/inputs/corpus.hpp"
#include "properties/campaigns/curves.hpp"
#include "properties/campaigns/special_values.hpp"
#include "properties/campaigns/speed.hpp"
#include "properties/campaigns/standing.hpp"
#include "reports/assemble.hpp"
#include "reports/cli/output.hpp"
#include "reports/cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <limits>
#include <mutex>
#include <set>
#include <thread>

namespace softmax_audit {
namespace {

// Runs tasks 0 .. count-1 on some threads and calls `finished` for each, in order and from this thread. A task that throws ends all.
void in_order(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& task,
              const std::function<void(std::size_t)>& finished) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<bool> done(count, false);
  std::exception_ptr thrown;
  const auto work = [&] {
    for (std::size_t k = next++; k < count; k = next++) {
      try {
        task(k);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!thrown) thrown = std::current_exception();
        next = count;
      }
      const std::lock_guard lock(mutex);
      done[k] = true;
      changed.notify_all();
    }
  };
  std::vector<std::jthread> pool;
  for (unsigned t = 0; t < threads; ++t) pool.emplace_back(work);
  for (std::size_t k = 0; k < count; ++k) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return done[k] || thrown; });
    if (thrown) break;
    lock.unlock();
    finished(k);
  }
  pool.clear();
  if (thrown) std::rethrow_exception(thrown);
}

unsigned cores() { return std::max(1u, std::thread::hardware_concurrency()); }

// One subject, operation and format: a line of the matrix.
struct Line {
  const NamedSubject* named;
  Subject subject; // the same, with the profile that it is judged by here
  Operation operation;
  Format format;
  std::vector<const Property*> properties;
};

std::vector<Line> lines_of(const Judging& judging) {
  const std::vector<const Property*> asked = resolve_properties(judging.options);
  std::vector<Line> lines;
  for (const Operation operation : judging.operations)
    for (const NamedSubject& named : judging.subjects)
      for (const Format format : resolve_formats(judging.options)) {
        if (!named.subject.has(operation, format)) continue;
        Line line{&named, named.subject, operation, format, {}};
        for (const Property* property : asked)
          if (applies(*property, named.subject, operation, format)) line.properties.push_back(property);
        if (!line.properties.empty()) lines.push_back(std::move(line));
      }
  return lines;
}

constexpr std::size_t elements_per_cell(Effort effort) {
  switch (effort) {
    case Effort::smoke: return 2000;
    case Effort::gate: return 20000;
    case Effort::deep: return 200000;
  }
  return 0;
}

const Property& is_accurate() {
  for (const Property* property : all_properties())
    if (property->name == "is_accurate") return *property;
  throw std::logic_error("there is no law is_accurate: a mistake of this program");
}

// What somebody decided on instead of B1.
std::optional<double> limit_on_accuracy(const NamedSubject& named, const Accuracy& accuracy, const Judging& judging) {
  return judging.limit ? judging.limit(named.subject, is_accurate(), accuracy.operation, accuracy.format) : std::nullopt;
}

// What measuring found against a subject is judged like everything else: the row goes to is_accurate, and a verdict that is worse
// than "holds" takes the place of the one that the laws' own rows gave. One row a subject and format is enough.
void judge_measured(const NamedSubject& named, const Accuracy& accuracy, const SourcedRow& row, const Judging& judging,
                    Report& report) {
  const auto entry = std::find_if(report.verdicts.begin(), report.verdicts.end(), [&](const VerdictEntry& v) {
    return v.property == "is_accurate" && v.implementation == named.subject.name &&
           v.instruction_set == named.subject.instruction_set && v.format == name(accuracy.format) &&
           v.operation == name(accuracy.operation);
  });
  if (entry == report.verdicts.end() || entry->outcome != "holds") return;
  CheckOptions only;
  only.seed = judging.options.seed;
  only.only = case_of(row, accuracy.operation, accuracy.format);
  only.limit = limit_on_accuracy(named, accuracy, judging);
  const Verdict verdict = check(is_accurate(), named.subject, accuracy.operation, accuracy.format, only, judging.oracle);
  if (verdict.outcome != Outcome::holds) *entry = entry_of(verdict, named.subject, judging.options.seed, named.line);
}

CheckOptions check_options(const Options& options) {
  CheckOptions check;
  check.effort = effort_of(options);
  check.seed = options.seed;
  check.generated = options.cases;
  check.limit = options.limit;
  return check;
}

std::string text_of_kept(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return {};
  const bool is_folder = std::filesystem::is_directory(file, error);
  // Devices and pipes are only written to.
  if (!is_folder && !std::filesystem::is_regular_file(file, error)) return {};
  std::ifstream stream;
  if (!is_folder) stream.open(file, std::ios::binary);
  // What cannot be read would be replaced, not added to.
  if (!stream.is_open())
    throw UsageError(fmt::format("--keep: {} cannot be read; name a corpus file, or one that is not there yet", file));
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<CorpusEntry> entries_of_kept(const std::string& file, const std::string& text) {
  std::vector<CorpusEntry> entries;
  try {
    entries = corpus_from(text);
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("--keep: {}: {}; name a corpus file, or one that is not there yet", file, error.what()));
  }
  std::vector<std::string> laws;
  for (const Property* property : all_properties()) laws.emplace_back(property->name);
  for (const CorpusEntry& entry : entries)
    if (std::find(laws.begin(), laws.end(), entry.property) == laws.end())
      throw UsageError(
          fmt::format("--keep: {}: corpus line {}: {}", file, entry.line, unknown_name("law", entry.property, laws)));
  return entries;
}

// Counterexamples become lines of the file, once each.
void keep_in_corpus(const std::string& file, const std::vector<Verdict>& verdicts) {
  std::string text = text_of_kept(file);
  std::set<std::string> lines;
  for (const CorpusEntry& entry : entries_of_kept(file, text)) lines.insert(corpus_line(entry));
  std::string added;
  for (const Verdict& verdict : verdicts) {
    if (verdict.outcome != Outcome::broken || !verdict.witness) continue;
    const std::string line = corpus_line({std::string(verdict.property->name), *verdict.witness});
    if (lines.insert(line).second) added += line + "\n";
  }
  if (added.empty()) return;
  if (!text.empty() && text.back() != '\n') text += '\n';
  write_whole(file, text + added);
}

} // namespace

Effort effort_of(const Options& options) {
  for (std::size_t k = 0; k < effort_names.size(); ++k)
    if (effort_names[k] == options.effort) return static_cast<Effort>(k);
  throw UsageError("--effort: " + unknown_name("effort", options.effort, {effort_names.begin(), effort_names.end()}));
}

void judge_all(const Judging& judging, Report& report, const std::function<void(const std::vector<VerdictEntry>&)>& line_done) {
  const Options& options = judging.options;
  if (options.limit && options.properties.size() != 1)
    throw UsageError("--limit is the bound of one law: name it by --property");
  if (options.limit && !(*options.limit >= 0 && std::isfinite(*options.limit)))
    throw UsageError("--limit: expected a number from 0 on");
  CheckOptions common = check_options(options);
  for (const InputFile& file : judging.files) common.rows.insert(common.rows.end(), file.rows.begin(), file.rows.end());
  if (!options.keep.empty()) common.asked_first = entries_of_kept(options.keep, text_of_kept(options.keep));
  std::vector<Line> lines = lines_of(judging);
  if (lines.empty())
    throw UsageError(fmt::format("{}no subject has that operation and format, or none of the named laws is about it",
                                 options.format.empty() ? "" : "--format " + options.format + ": "));
  for (Line& line : lines)
    if (std::any_of(line.properties.begin(), line.properties.end(),
                    [](const Property* property) { return property->name == "treats_special_values"; }))
      line.subject.profile = profile_of(line.subject, line.operation, line.format, common, judging.oracle);
  // The laws of a line, and what the subject turns out to be.
  struct Task {
    std::size_t line, property;
  };
  constexpr std::size_t standing = std::numeric_limits<std::size_t>::max();
  std::vector<Task> tasks;
  for (std::size_t l = 0; l < lines.size(); ++l) {
    for (std::size_t p = 0; p < lines[l].properties.size(); ++p) tasks.push_back({l, p});
    if (judging.whole_audit) tasks.push_back({l, standing});
  }
  std::vector<Standing> standings(lines.size());
  std::vector<std::vector<Verdict>> verdicts(lines.size());
  for (std::size_t l = 0; l < lines.size(); ++l) verdicts[l].resize(lines[l].properties.size());
  Progress progress("judging", "cases", tasks.size());
  common.progress = [&progress](std::size_t cases) { progress.count(cases); };
  const bool shareable =
      std::all_of(lines.begin(), lines.end(), [](const Line& line) { return line.subject.abilities.has(Ability::threads); });
  std::vector<Verdict> all;
  in_order(
      tasks.size(), shareable ? cores() : 1,
      [&](std::size_t k) {
        const Line& line = lines[tasks[k].line];
        const Subject& subject = line.subject;
        if (tasks[k].property == standing) {
          progress.step(fmt::format("{} {} {} {} standing", subject.name, subject.instruction_set, name(line.operation),
                                    name(line.format)));
          CheckOptions generated_only = common;
          generated_only.rows.clear();
          standings[tasks[k].line] = standing_of(subject, line.operation, line.format, generated_only, judging.oracle);
          return;
        }
        const Property& property = *line.properties[tasks[k].property];
        CheckOptions check_options = common;
        check_options.only = case_option(options, line.operation, line.format);
        if (judging.limit) check_options.limit = judging.limit(subject, property, line.operation, line.format);
        progress.step(fmt::format("{} {} {} {} {}", subject.name, subject.instruction_set, name(line.operation),
                                  name(line.format), property.name));
        verdicts[tasks[k].line][tasks[k].property] =
            check(property, subject, line.operation, line.format, check_options, judging.oracle);
      },
      [&](std::size_t k) {
        const Line& line = lines[tasks[k].line];
        if (k + 1 < tasks.size() && tasks[k + 1].line == tasks[k].line) return;
        const std::vector<Verdict>& of_line = verdicts[tasks[k].line];
        std::vector<VerdictEntry> entries;
        for (const Verdict& verdict : of_line)
          entries.push_back(entry_of(verdict, line.subject, options.seed, line.named->line));
        if (judging.whole_audit) {
          Standing& standing_of_line = standings[tasks[k].line];
          add_contracts(standing_of_line, of_line);
          report.standings.push_back(entry_of(standing_of_line, line.subject));
        }
        report.verdicts.insert(report.verdicts.end(), entries.begin(), entries.end());
        all.insert(all.end(), of_line.begin(), of_line.end());
        progress.clear();
        line_done(entries);
      });
  if (!options.keep.empty()) keep_in_corpus(options.keep, all);
}

std::vector<std::string> measure_all(const Judging& judging, Report& report) {
  const Options& options = judging.options;
  MeasureOptions measure_options;
  measure_options.seed = options.seed;
  measure_options.operations = judging.operations;
  measure_options.formats = resolve_formats(options);
  measure_options.files = judging.files;
  // Of one subject all figures by regime are worth reading, of many those that are asked for most.
  using Apart = MeasureOptions::Apart;
  measure_options.regimes_apart = !judging.whole_audit             ? Apart::everything
                                  : judging.subjects.size() > 1    ? Apart::softmax_in_f32_and_f64
                                  : judging.operations.size() == 1 ? Apart::everything
                                                                   : Apart::softmax;
  if (!options.lengths.empty()) measure_options.lengths = options.lengths;
  measure_options.elements_per_cell = elements_per_cell(effort_of(options));
  for (const std::size_t length : measure_options.lengths)
    if (length < 1 || length > longest_row) throw UsageError("--lengths: expected lengths from 1 to 16777216");
  std::vector<Subject> subjects;
  for (const NamedSubject& n : judging.subjects) subjects.push_back(n.subject);
  Progress progress("measuring", "elements", elements_to_measure(subjects, measure_options));
  measure_options.begins = [&progress](std::string_view cell, std::size_t elements) { progress.step(cell, elements); };
  measure_options.progress = [&progress](std::size_t elements) { progress.count(elements); };
  std::vector<std::string> incidents;
  for (const Accuracy& accuracy : measure(subjects, measure_options, judging.oracle)) {
    const auto index = static_cast<std::size_t>(accuracy.subject - subjects.data());
    const NamedSubject& named = judging.subjects[index];
    if (!accuracy.incident.empty()) judge_measured(named, accuracy, *accuracy.incident_row, judging, report);
    const std::optional<double> limit = limit_on_accuracy(named, accuracy, judging);
    const auto metric = static_cast<std::size_t>(limit ? Metric::max_ulp : Metric::max_over_bound);
    if (accuracy.value[metric] > limit.value_or(1))
      judge_measured(named, accuracy, accuracy.worst[metric].row, judging, report);
    if (!accuracy.incident.empty())
      incidents.push_back(fmt::format("{} {}: {} (row {})", accuracy.subject->name, name(accuracy.format), accuracy.incident,
                                      accuracy.incident_row->source));
    if (accuracy.rows > 0) report.accuracy.push_back(entry_of(accuracy, named.line));
  }
  return incidents;
}

std::vector<std::string> trace_all(const Judging& judging, Report& report) {
  std::vector<std::string> incidents;
  const std::vector<Format> wanted = resolve_formats(judging.options);
  const auto asked = [&](const Offer& offer) {
    return std::find(wanted.begin(), wanted.end(), offer.format) != wanted.end() &&
           std::find(judging.operations.begin(), judging.operations.end(), offer.operation) != judging.operations.end();
  };
  const bool alone = judging.subjects.size() == 1;
  std::string previous;
  for (const NamedSubject& named : judging.subjects) {
    const Subject& subject = named.subject;
    // Several instruction sets of one implementation are drawn once.
    if (!alone && subject.name == previous) continue;
    previous = subject.name;
    std::vector<Offer> offers;
    std::copy_if(subject.offers.begin(), subject.offers.end(), std::back_inserter(offers), asked);
    if (!alone) {
      std::erase_if(offers, [](const Offer& offer) { return offer.operation != Operation::softmax; });
      const auto f32 = std::find(offers.begin(), offers.end(), Offer{Operation::softmax, Format::f32});
      if (!offers.empty()) offers = {f32 == offers.end() ? offers.front() : *f32};
    }
    for (const Offer& offer : offers) {
      const auto tell = [&](const std::string& incident, std::string_view doing) {
        if (!incident.empty())
          incidents.push_back(
              fmt::format("{} {} {}: {} ({})", subject.name, name(offer.operation), name(offer.format), incident, doing));
      };
      if (offer.operation == Operation::softmax)
        for (const Curve& curve : curves_of(subject, offer.format, judging.oracle)) {
          tell(curve.incident, "curves");
          if (!curve.points.empty()) report.curves.push_back(entry_of(curve, subject));
        }
      if (!operations_of_special_values.has(offer.operation)) continue;
      const SpecialValues values = special_values_of(subject, offer.operation, offer.format, judging.oracle);
      report.special_values.push_back(entry_of(values, subject));
    }
  }
  return incidents;
}

std::vector<std::string> time_all(const Judging& judging, Report& report) {
  std::vector<std::string> incidents;
  const std::vector<Format> wanted = resolve_formats(judging.options);
  for (const NamedSubject& named : judging.subjects) {
    const Subject& subject = named.subject;
    // What is compiled in is timed by `bench`.
    if (!subject.abilities.has(Ability::timing) || subject.abilities.has(Ability::threads)) continue;
    for (const Offer& offer : subject.offers) {
      if (std::find(wanted.begin(), wanted.end(), offer.format) == wanted.end() ||
          std::find(judging.operations.begin(), judging.operations.end(), offer.operation) == judging.operations.end())
        continue;
      for (const std::size_t length : speed_lengths) {
        try {
          report.speed.push_back(
              entry_of(speed_of(subject, offer.operation, offer.format, speed_rows, length, judging.options.seed)));
        } catch (const Incident& incident) {
          if (incident.kind == Incident::Kind::refused) continue;
          incidents.push_back(
              fmt::format("{} {} {}: {} (timing)", subject.name, name(offer.operation), name(offer.format), incident.what()));
          break;
        }
      }
    }
  }
  return incidents;
}

void detect_all(const Judging& judging, Report& report, const std::function<void(const DetectionEntry&)>& entry_done) {
  const Options& options = judging.options;
  struct Task {
    Subject subject;
    Format format;
    bool contracts;
    std::size_t from_length;
  };
  CheckOptions check = check_options(options);
  std::vector<Task> tasks;
  for (const NamedSubject& named : judging.subjects)
    for (const Format format : resolve_formats(options)) {
      if (!named.subject.has(Operation::softmax, format)) continue;
      for (const bool contracts : {false, true})
        if (!contracts || (options.contracts && !named.subject.claim.bitwise.empty()))
          for (const std::size_t from_length : decades_tried(check.effort))
            tasks.push_back({named.subject, format, contracts, from_length});
    }
  if (tasks.empty()) throw UsageError("no subject has softmax in that format");
  Progress progress("detection", "runs", tasks.size());
  check.progress = [&progress](std::size_t runs) { progress.count(runs); };
  std::vector<std::vector<Detection>> results(tasks.size());
  in_order(
      tasks.size(), cores(),
      [&](std::size_t k) {
        const auto& [subject, format, contracts, from_length] = tasks[k];
        progress.step(fmt::format("{} {}{}, rows of {} and more", subject.name, name(format),
                                  contracts ? " with its promises" : "", from_length));
        results[k] = detection(subject, format, contracts, from_length, options.runs, check, judging.oracle);
      },
      [&](std::size_t k) {
        progress.clear();
        for (const Detection& d : results[k]) {
          report.detection.push_back(entry_of(d, tasks[k].subject, tasks[k].format, options.effort));
          entry_done(report.detection.back());
        }
      });
}

void kill_all(const Options& options, const Oracle& oracle, Report& report,
              const std::function<void(const FaultEntry&)>& row_done) {
  const auto faults = all_faults();
  CheckOptions check = check_options(options);
  Progress progress("faults", "cases", faults.size());
  check.progress = [&progress](std::size_t cases) { progress.count(cases); };
  std::vector<KillRow> rows(faults.size());
  in_order(
      faults.size(), cores(),
      [&](std::size_t k) {
        progress.step(faults[k]->name);
        rows[k] = kills_of(*faults[k], watched_subjects_of(*faults[k], runner_beside_program()), check, oracle);
      },
      [&](std::size_t k) {
        if (rows[k].offers.empty()) return; // no variant of it runs here
        report.faults.push_back(entry_of(rows[k]));
        progress.clear();
        row_done(report.faults.back());
      });
}

} // namespace softmax_audit
