#include "reports/gate/policy.hpp"

#include "impl/claim.hpp"
#include "impl/profile.hpp"
#include "impl/text_from_outside.hpp"
#include "oracles/format.hpp"
#include "oracles/problem.hpp"
#include "properties/campaigns/check.hpp"
#include "properties/inputs/rows.hpp"
#include "reports/cli/options.hpp"

#include <fmt/format.h>
#include <fnmatch.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <stdexcept>

namespace softmax_audit {
namespace {

Place place_of(const toml::source_region& source) { return {source.begin.line, source.begin.column}; }

[[noreturn]] void reject(std::string_view file, Place place, std::string_view message) {
  throw std::invalid_argument(fmt::format("{}:{}:{}: {}", file, place.line, place.column, excerpt(message, 1500)));
}

std::string_view kind_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a number";
    case toml::node_type::boolean: return "a truth value";
    case toml::node_type::array: return "an array";
    case toml::node_type::table: return "a table";
    default: return "a date or time";
  }
}

// One table of the file. Every key is one of `keys`, or the nearest of them is suggested.
class Section {
public:
  Section(const toml::table& table, std::string_view file, std::string title, const std::vector<std::string>& keys)
      : table_(table), file_(file), title_(std::move(title)) {
    for (const auto& [key, node] : table)
      if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
        reject(file, place_of(key.source()), fmt::format("{} in {}", unknown_name("key", key.str(), keys), title_));
  }

  Place place() const { return place_of(table_.source()); }
  Place place(std::string_view key) const {
    const toml::node* node = table_.get(key);
    return node ? place_of(node->source()) : place();
  }
  bool has(std::string_view key) const { return table_.contains(key); }
  const toml::node* node(std::string_view key) const { return table_.get(key); }
  [[noreturn]] void reject_at(std::string_view key, std::string_view message) const {
    reject(file_, place(key), fmt::format("{} of {}: {}", key, title_, message));
  }
  [[noreturn]] void reject_here(std::string_view message) const {
    reject(file_, place(), fmt::format("{} {}", title_, message));
  }

  std::string text(std::string_view key, std::string otherwise = "") const {
    const toml::node* node = table_.get(key);
    if (!node) return otherwise;
    const auto value = node->value_exact<std::string>();
    if (!value) reject_at(key, fmt::format("expected a string in quotes, found {}", kind_name(*node)));
    if (value->empty()) reject_at(key, "is empty; leave it out or say what it is");
    return one_line(key, *value);
  }
  // A string, or an array of strings.
  std::vector<std::string> texts(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (!node) return {};
    if (!node->is_array()) return {text(key)};
    std::vector<std::string> values;
    for (const toml::node& element : *node->as_array()) {
      const auto value = element.value_exact<std::string>();
      if (!value || value->empty()) reject_at(key, fmt::format("expected strings in quotes, found {}", kind_name(element)));
      values.push_back(one_line(key, *value));
    }
    if (values.empty()) reject_at(key, "is empty; leave it out to mean all");
    return values;
  }
  std::optional<double> number(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (!node) return std::nullopt;
    if (!node->is_number()) reject_at(key, fmt::format("expected a number, found {}", kind_name(*node)));
    const double value = *node->value<double>();
    if (!std::isfinite(value) || value < 0) reject_at(key, "expected a number from 0 on");
    return value;
  }
  std::optional<std::uint64_t> whole(std::string_view key, std::uint64_t least, std::uint64_t most) const {
    const toml::node* node = table_.get(key);
    if (!node) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (!value) reject_at(key, fmt::format("expected a whole number, found {}", kind_name(*node)));
    if (*value < 0 || static_cast<std::uint64_t>(*value) < least || static_cast<std::uint64_t>(*value) > most)
      reject_at(key, fmt::format("expected a whole number from {} to {}", least, most));
    return static_cast<std::uint64_t>(*value);
  }
  std::optional<Date> date(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (!node) return std::nullopt;
    const auto value = node->value_exact<toml::date>();
    if (!value) reject_at(key, fmt::format("expected a date as in 2027-01-31, without quotes, found {}", kind_name(*node)));
    return Date{value->year, value->month, value->day};
  }

  // Names without wildcards must be known.
  template <class Names>
  std::vector<std::string> patterns(std::string_view key, std::string_view what, const Names& names) const {
    std::vector<std::string> given = texts(key);
    const std::vector<std::string> known(names.begin(), names.end());
    for (const std::string& pattern : given) {
      const bool any =
          std::any_of(known.begin(), known.end(), [&](const std::string& name) { return matches({pattern}, name); });
      if (!any) reject_at(key, unknown_name(what, pattern, known));
    }
    return given;
  }
  template <class Names>
  std::string one_of(std::string_view key, std::string_view what, const Names& names, std::string otherwise = "") const {
    const std::string given = text(key, otherwise);
    if (has(key) && std::find(names.begin(), names.end(), given) == names.end())
      reject_at(key, unknown_name(what, given, {names.begin(), names.end()}));
    return given;
  }
  template <class Names>
  std::vector<std::string> all_of(std::string_view key, std::string_view what, const Names& names) const {
    std::vector<std::string> given = texts(key);
    for (const std::string& name : given)
      if (std::find(names.begin(), names.end(), name) == names.end())
        reject_at(key, unknown_name(what, name, {names.begin(), names.end()}));
    return given;
  }

private:
  // It stands in tables and in sentences, and on command lines.
  const std::string& one_line(std::string_view key, const std::string& text) const {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::any_of(text.begin(), text.end(), is_control)) reject_at(key, "expected one line of text, without tabs");
    return text;
  }

  const toml::table& table_;
  std::string_view file_;
  std::string title_;
};

// [[name]]: an array of tables; `read` gets each.
template <class Read> void each_table(const Section& section, const std::string& key, std::string_view file, const Read& read) {
  const toml::node* node = section.node(key);
  if (!node) return;
  const toml::array* array = node->as_array();
  if (!array)
    reject(file, place_of(node->source()), fmt::format("{} stands for itself; write [[{}]] above its keys", key, key));
  for (const toml::node& element : *array) {
    const toml::table* table = element.as_table();
    if (!table)
      reject(file, place_of(element.source()), fmt::format("{} holds tables; write [[{}]] above the keys of each", key, key));
    read(*table);
  }
}

std::vector<std::string> names_of_properties() {
  std::vector<std::string> names;
  for (const Property* property : all_properties()) names.emplace_back(property->name);
  return names;
}

std::vector<std::string> names_of_formats() {
  std::vector<std::string> names;
  for (const Format format : formats) names.emplace_back(name(format));
  return names;
}

std::string reason_of(const Section& section, std::string_view of_what) {
  const std::string reason = section.text("reason");
  if (reason.empty())
    section.reject_here(fmt::format("has no reason: add reason = \"...\", which says to the next reader why {}", of_what));
  return reason;
}

KnownBreak known_break_from(const toml::table& table, std::string_view file) {
  const Section section(table, file, "[[subject.known_broken]]", {"property", "operation", "format", "reason", "expires"});
  KnownBreak known;
  known.place = section.place();
  known.property = section.one_of("property", "property", names_of_properties());
  if (known.property.empty()) section.reject_here("names no law: add property = \"...\" (softmax-audit list properties)");
  known.operation = section.text("operation", "*");
  known.format = section.text("format", "*");
  section.patterns("operation", "operation", operation_names);
  section.patterns("format", "format", names_of_formats());
  known.reason = reason_of(section, "the break is accepted");
  known.expires = section.date("expires");
  return known;
}

constexpr std::size_t longest_name = 200; // of a subject: tables have a column for it

PolicySubject subject_from(const toml::table& table, std::string_view file) {
  const Section section(table, file, "[[subject]]",
                        {"name", "builtin", "library", "symbol", "call", "plugin", "worker", "build", "instruction_set",
                         "claim", "profile", "operation", "format", "timeout", "memory", "allow_overread", "known_broken"});
  PolicySubject subject;
  subject.place = section.place();
  subject.name = section.text("name");
  subject.builtin = section.text("builtin");
  subject.library = section.text("library");
  subject.symbol = section.text("symbol");
  subject.call = section.text("call");
  subject.plugin = section.text("plugin");
  subject.worker = section.text("worker");
  const int kinds = !subject.builtin.empty() + !subject.library.empty() + !subject.plugin.empty() + !subject.worker.empty();
  if (kinds != 1)
    section.reject_here(kinds == 0 ? "says nothing to judge: add builtin, library (with symbol and call), plugin or worker"
                                   : "has several of builtin, library, plugin and worker; write a [[subject]] for each");
  if (!subject.library.empty() && (subject.symbol.empty() || subject.call.empty()))
    section.reject_at("library", "needs symbol = \"...\" and call = \"void(const f32* x, f32* y, size n)\"");
  if (subject.library.empty() && !subject.call.empty()) section.reject_at("call", "belongs to a library");
  if (subject.library.empty() && subject.plugin.empty() && !subject.symbol.empty())
    section.reject_at("symbol", "belongs to a library or a plugin");
  subject.build = section.text("build");
  subject.instruction_set = section.text("instruction_set");
  subject.claim = section.text("claim");
  if (!subject.claim.empty()) {
    try {
      (void)claim_from(subject.claim);
    } catch (const std::invalid_argument& error) {
      section.reject_at("claim", error.what());
    }
  }
  subject.profile = section.one_of("profile", "profile", profile_names);
  subject.operations = section.all_of("operation", "operation", operation_names);
  subject.formats = section.all_of("format", "format", names_of_formats());
  subject.timeout_seconds = section.number("timeout");
  if (subject.timeout_seconds && (*subject.timeout_seconds == 0 || *subject.timeout_seconds > 86400))
    section.reject_at("timeout", "expected a number of seconds above 0 and at most 86400");
  subject.memory_bytes = section.whole("memory", 1, INT64_MAX);
  subject.overread_bytes = section.whole("allow_overread", 0, 65536);
  if (subject.name.empty()) {
    if (subject.builtin.empty()) section.reject_here("has no name: add name = \"...\", by which limits and reports call it");
    subject.name = subject.builtin;
  }
  if (subject.name.size() > longest_name)
    section.reject_at(section.has("name") ? "name" : "builtin",
                      fmt::format("expected a name of at most {} bytes", longest_name));
  each_table(section, "known_broken", file,
             [&](const toml::table& known) { subject.known_breaks.push_back(known_break_from(known, file)); });
  return subject;
}

void read_lengths(const Section& section, Limit& limit) {
  const toml::node* node = section.node("length");
  if (!node) return;
  if (node->is_integer()) {
    limit.shortest = limit.longest = *section.whole("length", 1, longest_row);
    return;
  }
  const std::string text = section.text("length");
  const auto dots = text.find("..");
  const auto bound = [&](std::string_view part, std::uint64_t otherwise) {
    if (part.empty()) return otherwise;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error != std::errc{} || end != part.data() + part.size() || value < 1)
      section.reject_at("length", "expected a length as in 100, or lengths as in \"1..100\", \"1000..\"");
    return value;
  };
  if (dots == std::string::npos)
    section.reject_at("length", "expected a length as in 100, or lengths as in \"1..100\", \"1000..\"");
  limit.shortest = bound(std::string_view(text).substr(0, dots), 1);
  limit.longest = bound(std::string_view(text).substr(dots + 2), UINT64_MAX);
  if (limit.shortest > limit.longest) section.reject_at("length", "holds no length: the first is above the last");
}

constexpr std::array<std::string_view, 2> subnormal_names{"gradual", "flushed"};
constexpr std::array<std::string_view, 4> basis_names_of_policies{"theorem", "claim", "measured", "policy"};

// `regimes`: of generated rows, and the names of the files that are measured. `rivals`: what `speed_ratio` can be over.
Limit limit_from(const toml::table& table, std::string_view file, const std::vector<std::string>& regimes,
                 const std::vector<std::string>& rivals) {
  const Section section(table, file, "[[limit]]",
                        {"implementation", "operation", "format", "length", "regime", "metric", "limit", "against", "basis",
                         "reason", "expires"});
  Limit limit;
  limit.place = section.place("limit");
  const std::string metric = section.text("metric");
  if (metric.empty()) section.reject_here("names no metric: add metric = \"max_ulp\" (reports/gate/README.md lists them)");
  if (const auto known = metric_named(metric))
    limit.metric = *known;
  else
    section.reject_at("metric", unknown_name("metric", metric, metric_names_of_gates()));
  if (!section.has("limit")) section.reject_here("has no limit: add limit = ...");
  using Kind = GateMetric::Kind;
  switch (limit.metric.kind) {
    case Kind::contracts: limit.names = section.all_of("limit", "contract", contract_names); break;
    case Kind::special_values: limit.names = section.all_of("limit", "profile", profile_names); break;
    case Kind::subnormals: limit.names = section.all_of("limit", "treatment of subnormals", subnormal_names); break;
    default: limit.number = *section.number("limit");
  }
  limit.implementation = section.texts("implementation");
  limit.operation = section.patterns("operation", "operation", operation_names);
  limit.format = section.patterns("format", "format", names_of_formats());
  limit.regime = section.patterns("regime", "regime", regimes);
  read_lengths(section, limit);
  const bool in_cells = limit.metric.kind == Kind::accuracy;
  if (!in_cells && section.has("regime"))
    section.reject_at("regime", "belongs to metrics that are measured regime by regime, as max_ulp");
  if (!in_cells && limit.metric.kind != Kind::speed_ratio && section.has("length"))
    section.reject_at("length",
                      "belongs to metrics that are measured length by length, as max_ulp; laws are tried on every length");
  if (limit.metric.kind == Kind::speed_ratio && section.has("length") && limit.shortest != limit.longest)
    section.reject_at("length", "speed is measured at one length, as in length = 1000");
  if (section.has("against") && limit.metric.kind != Kind::speed_ratio) section.reject_at("against", "belongs to speed_ratio");
  limit.against = section.one_of("against", "implementation", rivals, "memcpy");
  limit.basis = section.one_of("basis", "basis", basis_names_of_policies, "policy");
  limit.reason = reason_of(section, "the limit is that one");
  limit.expires = section.date("expires");
  return limit;
}

} // namespace

bool matches(const std::vector<std::string>& patterns, std::string_view name) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
           return fnmatch(pattern.c_str(), std::string(name).c_str(), 0) == 0;
         });
}

Policy policy_from(std::string_view text, std::string_view file, const std::vector<std::string>& built_in) {
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    reject(file, place_of(error.source()), fmt::format("not TOML: {}", error.description()));
  }
  const Section top(table, file, "the file", {"effort", "seed", "lengths", "inputs", "properties", "subject", "limit"});
  Policy policy;
  policy.file = file;
  policy.effort = top.one_of("effort", "effort", effort_names, policy.effort);
  policy.seed = top.whole("seed", 0, INT64_MAX).value_or(policy.seed);
  if (const toml::node* lengths = top.node("lengths")) {
    const toml::array* array = lengths->as_array();
    if (!array || array->empty()) top.reject_at("lengths", "expected an array of lengths as in [10, 1000]");
    for (const toml::node& element : *array) {
      const auto length = element.value_exact<std::int64_t>();
      if (!length || *length < 1 || static_cast<std::uint64_t>(*length) > longest_row)
        top.reject_at("lengths", fmt::format("expected lengths from 1 to {}", longest_row));
      policy.lengths.push_back(static_cast<std::size_t>(*length));
    }
  }
  policy.inputs = top.texts("inputs");
  policy.properties = top.all_of("properties", "property", names_of_properties());
  each_table(top, "subject", file, [&](const toml::table& subject) { policy.subjects.push_back(subject_from(subject, file)); });
  std::vector<std::string> regimes(regime_names.begin(), regime_names.end());
  for (const std::string& input : policy.inputs) regimes.push_back(std::filesystem::path(input).filename().string());
  std::vector<std::string> rivals{"memcpy"};
  rivals.insert(rivals.end(), built_in.begin(), built_in.end());
  each_table(top, "limit", file,
             [&](const toml::table& limit) { policy.limits.push_back(limit_from(limit, file, regimes, rivals)); });
  for (std::size_t k = 0; k < policy.subjects.size(); ++k)
    for (std::size_t j = 0; j < k; ++j)
      if (policy.subjects[k].name == policy.subjects[j].name)
        reject(file, policy.subjects[k].place,
               fmt::format("there are two subjects \"{}\"; give each a name of its own", policy.subjects[k].name));
  return policy;
}

} // namespace softmax_audit
