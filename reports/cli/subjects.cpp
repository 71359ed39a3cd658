#include "reports/cli/subjects.hpp"

#include "impl/foreign/worker.hpp"
#include "impl/registry.hpp"
#include "oracles/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace softmax_audit {
namespace {

// The runner and the Python adapter lie beside the program in a build and under its prefix when installed.
std::filesystem::path companion(const std::string& beside, const std::string& under_prefix) {
  const auto folder = std::filesystem::canonical("/proc/self/exe").parent_path();
  if (std::filesystem::exists(folder / beside)) return folder / beside;
  return folder.parent_path() / under_prefix;
}

NamedSubject foreign_subject(const Options& options) {
  WorkerOptions worker;
  worker.name = options.foreign_name;
  worker.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(options.timeout_seconds * 1000));
  worker.memory_bytes = options.memory_bytes;
  worker.python_path = companion("adapters", "share/softmax-audit/adapters").string();
  worker.overread = options.overread_bytes;
  worker.shared_memory = !options.no_shared_memory;
  const auto named = [&](std::string line) {
    if (!options.foreign_name.empty()) line += " --name " + shell_quoted(options.foreign_name);
    if (!options.claim.empty()) line += " --claim " + shell_quoted(options.claim);
    if (!options.profile.empty()) line += " --profile " + options.profile;
    if (options.timeout_seconds != Options{}.timeout_seconds) line += fmt::format(" --timeout {}", options.timeout_seconds);
    if (options.overread_bytes != 0) line += fmt::format(" --allow-overread {}", options.overread_bytes);
    if (options.memory_bytes != Options{}.memory_bytes) line += fmt::format(" --memory {}", options.memory_bytes);
    return line;
  };
  try {
    if (!options.worker.empty()) {
      worker.command = options.worker;
      return {worker_subject(worker), {named("--worker " + shell_quoted(options.worker))}};
    }
    if (!options.plugin.empty()) {
      if (!options.call.empty()) throw UsageError("--call belongs to --library; a --plugin tells by itself how it is called");
      const std::string symbol = options.symbol.empty() ? "" : " --symbol " + shell_quoted(options.symbol);
      return {plugin_subject(options.plugin, options.symbol, worker, runner_beside_program()),
              {named("--plugin " + shell_quoted(options.plugin) + symbol)}};
    }
    if (options.symbol.empty() || options.call.empty())
      throw UsageError(
          "--library needs --symbol NAME and --call 'SIGNATURE', as in --call 'void(const f32* x, f32* y, size n)'");
    const std::vector<Operation> operation = resolve_operations(options, "softmax");
    if (operation.size() != 1) throw UsageError("--library: a function computes one operation; name it by --operation");
    return {library_subject(options.library, options.symbol, options.call, worker, runner_beside_program(), operation[0]),
            {named(fmt::format("--library {} --symbol {} --call {}", shell_quoted(options.library),
                               shell_quoted(options.symbol), shell_quoted(options.call)))}};
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
}

template <class Entry> std::vector<std::string> names_of(std::span<const Entry* const> entries) {
  std::vector<std::string> names;
  for (const Entry* entry : entries) names.emplace_back(entry->name);
  return names;
}

template <class Entry>
const Entry& entry_named(std::span<const Entry* const> entries, std::string_view kind, std::string_view name) {
  for (const Entry* entry : entries)
    if (entry->name == name) return *entry;
  throw UsageError(unknown_name(kind, name, names_of(entries)));
}

const Implementation& implementation_or_fault(std::string_view name) {
  for (const Implementation* fault : all_faults())
    if (fault->name == name) return *fault;
  return entry_named(all_implementations(), "implementation", name);
}

void apply_declarations(Subject& subject, const Options& options) {
  if (!options.claim.empty()) {
    try {
      subject.claim = claim_from(options.claim);
      for (const Offer& offer : subject.offers) require_proved(subject.claim, offer.format);
    } catch (const std::invalid_argument& error) {
      throw UsageError(std::string("--") + error.what());
    }
    subject.claim_is_assumed = false;
  }
  if (options.profile.empty()) return;
  const auto found = std::find(profile_names.begin(), profile_names.end(), options.profile);
  if (found == profile_names.end())
    throw UsageError("--profile: " + unknown_name("profile", options.profile, {profile_names.begin(), profile_names.end()}));
  subject.profile = static_cast<Profile>(found - profile_names.begin());
  subject.profile_is_assumed = false;
}

} // namespace

std::string shell_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += "'\\'";
    result += c;
  }
  result += '\'';
  return result;
}

std::vector<NamedSubject> resolve_subjects(const Options& options) {
  if (!(options.timeout_seconds > 0) || options.timeout_seconds > 86400)
    throw UsageError("--timeout: expected a number of seconds above 0 and at most 86400");
  std::vector<NamedSubject> subjects;
  const auto add = [&](const Implementation& implementation) {
    for (Subject& subject : watched_subjects_of(implementation, runner_beside_program()))
      if (options.instruction_set.empty() || options.instruction_set == subject.instruction_set)
        subjects.push_back({std::move(subject), {std::string(implementation.name)}});
  };
  for (const std::string& name : options.subjects) {
    if (name == "all")
      for (const Implementation* implementation : all_implementations()) add(*implementation);
    else
      add(implementation_or_fault(name));
  }
  const int foreign = !options.library.empty() + !options.plugin.empty() + !options.worker.empty();
  if (foreign > 1) throw UsageError("--library, --plugin and --worker: one subject at a time");
  if (options.library.empty() && options.plugin.empty() && !(options.symbol.empty() && options.call.empty()))
    throw UsageError("--symbol and --call belong to --library PATH, which is missing");
  if (options.overread_bytes > 65536) throw UsageError("--allow-overread: expected a number of bytes up to 65536");
  if (foreign > 0) subjects.push_back(foreign_subject(options));
  if (subjects.empty() && !options.instruction_set.empty())
    throw UsageError(fmt::format("--instruction-set: none of the named implementations has \"{}\" on this machine",
                                 options.instruction_set));
  if (subjects.empty())
    throw UsageError(
        "no subject: name an implementation (softmax-audit list implementations), `all`, --library, --plugin or --worker");
  for (NamedSubject& named : subjects) apply_declarations(named.subject, options);
  return subjects;
}

std::vector<const Property*> resolve_properties(const Options& options) {
  std::vector<const Property*> properties;
  for (const std::string& name : options.properties) properties.push_back(&entry_named(all_properties(), "property", name));
  if (properties.empty()) properties.assign(all_properties().begin(), all_properties().end());
  return properties;
}

std::optional<Operation> operation_named(std::string_view name) {
  const auto found = std::find(operation_names.begin(), operation_names.end(), name);
  if (found == operation_names.end()) return std::nullopt;
  return static_cast<Operation>(found - operation_names.begin());
}

std::vector<Operation> resolve_operations(const Options& options, std::string_view otherwise) {
  const std::string_view asked = options.operation.empty() ? otherwise : options.operation;
  std::vector<Operation> operations;
  for (std::size_t k = 0; k < operation_names.size(); ++k)
    if (asked == "all" || asked == operation_names[k]) operations.push_back(static_cast<Operation>(k));
  if (!operations.empty()) return operations;
  std::vector<std::string> known(operation_names.begin(), operation_names.end());
  known.emplace_back("all");
  throw UsageError("--operation: " + unknown_name("operation", asked, known));
}

const Oracle& resolve_oracle(const Options& options) { return entry_named(all_oracles(), "oracle", options.oracle); }

std::vector<Format> resolve_formats(const Options& options) {
  if (options.format.empty()) return {formats.begin(), formats.end()};
  if (const auto format = format_named(options.format)) return {*format};
  std::vector<std::string> known;
  for (const Format format : formats) known.emplace_back(name(format));
  throw UsageError("--format: " + unknown_name("format", options.format, known));
}

} // namespace softmax_audit
