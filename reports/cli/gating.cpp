#include "reports/cli/gating.hpp"

#include "impl/foreign/worker.hpp"
#include "impl/registry.hpp"
#include "properties/inputs/corpus.hpp"
#include "properties/inputs/npy.hpp"
#include "reports/cli/judging.hpp"
#include "reports/cli/output.hpp"
#include "reports/gate/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace softmax_audit {
namespace {

std::optional<std::string> content_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(stream), {}};
}

// Reproducible runs say which day it is (reproducible-builds.org/specs/source-date-epoch).
Date today() {
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH"))
    now = std::chrono::system_clock::time_point(std::chrono::seconds(std::atoll(epoch)));
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(now));
  return {static_cast<int>(day.year()), static_cast<int>(static_cast<unsigned>(day.month())),
          static_cast<int>(static_cast<unsigned>(day.day()))};
}

[[noreturn]] void reject(const Policy& policy, Place place, const std::string& message) {
  if (place.line == 0) throw UsageError(message);
  throw UsageError(fmt::format("{}:{}:{}: {}", policy.file, place.line, place.column, message));
}

// Foreign code on the command line is a subject like those of the file.
std::vector<PolicySubject> subjects_of(const Options& options, const Policy& policy) {
  std::vector<PolicySubject> subjects = policy.subjects;
  PolicySubject given;
  given.library = options.library;
  given.symbol = options.symbol;
  given.call = options.call;
  given.plugin = options.plugin;
  given.worker = options.worker;
  given.claim = options.claim;
  given.profile = options.profile;
  if (!options.operation.empty()) given.operations = {options.operation};
  if (!options.format.empty()) given.formats = {options.format};
  const bool any = !given.library.empty() || !given.plugin.empty() || !given.worker.empty();
  if (any) {
    given.name = !options.foreign_name.empty() ? options.foreign_name : !given.symbol.empty() ? given.symbol : "subject";
    for (const PolicySubject& subject : subjects)
      if (subject.name == given.name)
        throw UsageError(fmt::format("{}:{}: there is a subject \"{}\" already; give the other one a --name", policy.file,
                                     subject.place.line, given.name));
    subjects.push_back(std::move(given));
  }
  if (subjects.empty())
    throw UsageError(
        fmt::format("{}: no subject: add a [[subject]], or name foreign code by --library, --plugin or --worker", policy.file));
  for (const Limit& limit : policy.limits)
    for (const std::string& pattern : limit.implementation) {
      std::vector<std::string> names;
      for (const PolicySubject& subject : subjects) names.push_back(subject.name);
      if (std::none_of(names.begin(), names.end(), [&](const std::string& name) { return matches({pattern}, name); }))
        reject(policy, limit.place, "implementation of [[limit]]: " + unknown_name("subject", pattern, names));
    }
  return subjects;
}

Options options_of(const PolicySubject& subject, const Options& given, const Policy& policy) {
  Options options = given;
  options.subjects.clear();
  if (!subject.builtin.empty()) options.subjects = {subject.builtin};
  options.library = subject.library;
  options.symbol = subject.symbol;
  options.call = subject.call;
  options.plugin = subject.plugin;
  options.worker = subject.worker;
  options.foreign_name = subject.builtin.empty() ? subject.name : "";
  options.claim = subject.claim;
  options.profile = subject.profile;
  options.instruction_set = subject.instruction_set;
  options.operation = subject.library.empty() || subject.operations.empty() ? "" : subject.operations[0];
  options.format.clear();
  if (subject.timeout_seconds) options.timeout_seconds = *subject.timeout_seconds;
  if (subject.memory_bytes) options.memory_bytes = *subject.memory_bytes;
  if (subject.overread_bytes) options.overread_bytes = *subject.overread_bytes;
  options.properties = policy.properties;
  options.inputs = policy.inputs;
  options.lengths = policy.lengths;
  return options;
}

// Of all rows that are judged or measured, and of what decides how they are drawn.
std::string corpus_key(const Options& options, const Policy& policy) {
  std::uint64_t hash = 14695981039346656037u; // Fowler, Noll and Vo, 1a
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    hash = (hash ^ 0xffu) * 1099511628211u; // ends the text
  };
  add(corpus_text());
  add(fmt::format("{} {} {} {}", options.effort, options.seed, options.cases, fmt::join(policy.lengths, " ")));
  for (const std::string& path : policy.inputs) add(content_of(path).value_or(""));
  return fmt::format("{:016x}", hash);
}

// The rows of one length and regime on which it is worst, by is_accurate within a limit.
VerdictEntry judge_row(const NamedSubject& named, const Options& options, const Oracle& oracle, const AccuracyEntry& accuracy,
                       const Witness& witness, double limit) {
  Options of_row = options;
  of_row.row = witness.row;
  CheckOptions only;
  only.seed = options.seed;
  only.limit = limit;
  only.shrinks = false;
  const Operation operation = *operation_named(accuracy.operation);
  const Format format = *format_named(accuracy.format);
  only.only = case_option(of_row, operation, format);
  for (const Property* property : all_properties())
    if (property->name == "is_accurate")
      return entry_of(check(*property, named.subject, operation, format, only, oracle), named.subject, options.seed,
                      named.line);
  throw std::logic_error("there is no law is_accurate: a mistake of this program");
}

SpeedRatio ratio_of(const NamedSubject& named, Operation operation, Format format, std::uint64_t length,
                    const std::string& against, std::uint64_t seed) {
  const Subject& subject = named.subject;
  if (!subject.can(Ability::timing, operation, format)) throw Incident(Incident::Kind::refused, "it cannot be timed");
  if (against == "memcpy") return speed_ratio(subject, nullptr, operation, format, speed_rows, length, seed);
  for (const Implementation* implementation : all_implementations()) {
    if (implementation->name != against) continue;
    const std::vector<Subject> others = watched_subjects_of(*implementation, runner_beside_program());
    for (auto other = others.rbegin(); other != others.rend(); ++other) // the widest vectors come last
      if (other->has(operation, format)) return speed_ratio(subject, &*other, operation, format, speed_rows, length, seed);
  }
  throw Incident(Incident::Kind::refused, fmt::format("{} has no {} in {}", against, name(operation), name(format)));
}

} // namespace

Policy read_policy(const Options& options) {
  const auto text = content_of(options.policy);
  if (!text)
    throw UsageError(fmt::format("{}: cannot be read; expected a policy, as reports/gate/README.md says", options.policy));
  std::vector<std::string> built_in;
  for (const Implementation* implementation : all_implementations()) built_in.emplace_back(implementation->name);
  Policy policy;
  try {
    policy = policy_from(*text, options.policy, built_in);
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
  // Its paths and commands are those of its folder.
  const std::filesystem::path folder = std::filesystem::path(options.policy).parent_path();
  if (folder.empty()) return policy;
  const auto in_folder = [&](std::string& path) {
    // A name without a folder that is not there is the loader's business.
    if (path.empty() || path[0] == '/' || (path.find('/') == std::string::npos && !std::filesystem::exists(folder / path)))
      return;
    path = (folder / path).string();
  };
  for (PolicySubject& subject : policy.subjects) {
    in_folder(subject.library);
    in_folder(subject.plugin);
    if (!subject.worker.empty()) subject.worker = fmt::format("cd {} && {}", shell_quoted(folder.string()), subject.worker);
  }
  for (std::string& input : policy.inputs) in_folder(input);
  return policy;
}

Report run_gate(const Options& given, const Policy& policy,
                const std::function<void(const std::vector<VerdictEntry>&)>& line_done) {
  const std::vector<PolicySubject> subjects = subjects_of(given, policy);
  const Oracle& oracle = resolve_oracle(given);
  const Date day = today();
  Report report = new_report();
  report.environment["seed"] = fmt::format("{}", given.seed);
  report.environment["effort"] = given.effort;
  report.environment["oracle"] = fmt::format("{} ({})", oracle.name, oracle.version());
  Gate gate;
  gate.file = policy.file;
  gate.baseline_file = given.baseline;

  Baseline baseline;
  if (!given.baseline.empty()) {
    gate.baseline = "absent";
    if (const auto text = content_of(given.baseline)) {
      gate.baseline = "none for this machine";
      try {
        baseline = baseline_from(*text, given.baseline);
      } catch (const std::invalid_argument& error) {
        throw UsageError(error.what());
      }
    }
  }
  std::vector<InputFile> files;
  for (const std::string& path : policy.inputs) {
    try {
      files.push_back({path, std::filesystem::path(path).filename().string(), read_npy(path).rows});
    } catch (const std::invalid_argument& error) {
      throw UsageError(fmt::format("{}: inputs: {}", policy.file, error.what()));
    }
  }

  // All of them before any is judged: what the user has to mend comes at once.
  struct Prepared {
    const PolicySubject* policy;
    Options options;
    std::vector<NamedSubject> named;
  };
  std::vector<Prepared> prepared;
  for (const PolicySubject& subject : subjects) {
    Prepared p{&subject, options_of(subject, given, policy), {}};
    if (!subject.library.empty() && subject.operations.size() > 1)
      reject(policy, subject.place, "a function computes one operation; write a [[subject]] for each");
    try {
      p.named = resolve_subjects(p.options);
    } catch (const UsageError& error) {
      reject(policy, subject.place, error.what());
    }
    for (NamedSubject& named : p.named) {
      named.subject.name = subject.name;
      std::erase_if(named.subject.offers, [&](const Offer& offer) {
        const auto leaves_out = [](const std::vector<std::string>& wanted, std::string_view one) {
          return !wanted.empty() && std::find(wanted.begin(), wanted.end(), one) == wanted.end();
        };
        return leaves_out(subject.operations, name(offer.operation)) || leaves_out(subject.formats, name(offer.format));
      });
      if (named.subject.offers.empty())
        reject(policy, subject.place, fmt::format("{} has none of the named operations and formats", subject.name));
    }
    prepared.push_back(std::move(p));
  }

  std::vector<Operation> operations;
  for (std::size_t k = 0; k < operation_names.size(); ++k) operations.push_back(static_cast<Operation>(k));
  std::vector<std::size_t> used(policy.limits.size(), 0);
  const std::string corpus = corpus_key(given, policy);
  const std::string machine = fmt::format("{}; {}", report.environment["instruction_sets"], report.environment["libm"]);
  for (const Prepared& p : prepared)
    for (const NamedSubject& named : p.named) {
      const std::vector<NamedSubject> one{named};
      Judging judging{one, p.options, oracle, operations, files};
      judging.limit = [&](const Subject& subject, const Property& property, Operation operation,
                          Format format) -> std::optional<double> {
        const Limit* limit = limit_on_law(policy, property.name, subject.name, name(operation), name(format), day);
        return limit ? std::optional(limit->number) : std::nullopt;
      };
      const std::size_t first_verdict = report.verdicts.size(), first_cell = report.accuracy.size();
      judge_all(judging, report, line_done);
      judging.files.clear();
      (void)measure_all(judging, report); // incidents have become verdicts of is_accurate
      if (!files.empty()) {
        judging.files = files;
        (void)measure_all(judging, report);
      }
      GatedSubject gated;
      gated.policy = p.policy;
      gated.named = &named;
      gated.verdicts = std::span(report.verdicts).subspan(first_verdict);
      gated.accuracy = std::span(report.accuracy).subspan(first_cell);
      gated.judge_row = [&](const AccuracyEntry& accuracy, const Witness& witness, double limit) {
        return judge_row(named, p.options, oracle, accuracy, witness, limit);
      };
      gated.met = [&](Operation operation, Format format, GateMetric::Kind kind) {
        CheckOptions check;
        check.effort = effort_of(p.options);
        check.seed = p.options.seed;
        check.generated = p.options.cases;
        const Standing standing = standing_of(named.subject, operation, format, check, oracle);
        const auto& names = kind == GateMetric::Kind::subnormals ? standing.subnormals : standing.profiles;
        return std::vector<std::string>(names.begin(), names.end());
      };
      gated.speed = [&](Operation operation, Format format, std::uint64_t length, const std::string& against) {
        return ratio_of(named, operation, format, length, against, p.options.seed);
      };
      for (GateEntry& entry : entries_of(gated, policy, day, used)) gate.entries.push_back(std::move(entry));

      if (given.baseline.empty()) continue;
      const BaselineKey key{named.subject.name, p.policy->build, named.subject.instruction_set, machine, corpus,
                            report.tool_version};
      const std::map<std::string, double> figures = figures_of(report, named.subject.name, named.subject.instruction_set);
      const auto before = baseline.find(key);
      if (before != baseline.end()) {
        gate.baseline = "compared";
        std::vector<FigureChange> changed = changes(before->second, figures);
        if (given.update_baseline) // what the update takes up is done with
          std::erase_if(changed, [&](const FigureChange& c) {
            return c.outcome == "new" || (c.outcome == "regressed" && !given.allow_regression.empty());
          });
        for (GateEntry& entry : entries_of_baseline(changed, figures.size(), gated, policy, given.baseline))
          gate.entries.push_back(std::move(entry));
      } else if (!given.update_baseline) {
        GateEntry missing;
        missing.kind = "baseline";
        missing.outcome = "missing";
        missing.metric = "all figures";
        missing.implementation = named.subject.name;
        missing.instruction_set = named.subject.instruction_set;
        missing.basis = "measured";
        missing.file = policy.file;
        missing.line = p.policy->place.line;
        missing.column = p.policy->place.column;
        missing.sentence =
            fmt::format("{} has no figures of {} ({}) from this machine and this corpus: --update-baseline writes them",
                        given.baseline, named.subject.name, named.subject.instruction_set);
        gate.entries.push_back(std::move(missing));
      }
      if (given.update_baseline) {
        BaselineEntry& entry = baseline[key];
        entry = updated(std::move(entry), figures, given.allow_regression);
        entry.subject_version = named.subject.version;
      }
    }
  for (GateEntry& entry : entries_of_limits(policy, day, used)) gate.entries.push_back(std::move(entry));
  if (given.update_baseline) {
    write_whole(given.baseline, text_of(baseline));
    gate.baseline = "written";
  }
  conclude(gate);
  report.gate = std::move(gate);
  return report;
}

} // namespace softmax_audit
