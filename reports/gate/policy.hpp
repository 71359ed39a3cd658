// gate.toml: which softmaxes are judged, and what is demanded of them beyond the laws. reports/gate/README.md has the grammar.
#pragma once

#include "reports/gate/metrics.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

// Where something stands in the file, from 1.
struct Place {
  std::uint64_t line = 0, column = 0;
};

struct Date {
  int year = 0, month = 0, day = 0;
  friend constexpr auto operator<=>(const Date&, const Date&) = default;
};

// A break that is known and for now accepted. The gate fails when it stops being one.
struct KnownBreak {
  std::string property, operation = "*", format = "*"; // the last two may have wildcards
  std::string reason;
  std::optional<Date> expires; // from that day on it is a break like any other
  Place place;
};

// Exactly one of builtin, library, plugin and worker is not empty; paths and commands are those of the file's folder.
struct PolicySubject {
  std::string name; // how reports and limits call it
  std::string builtin, library, symbol, call, plugin, worker;
  std::string build; // tells builds of the same code apart in the baseline: "gcc -O3"
  std::string instruction_set, claim, profile;
  std::vector<std::string> operations; // empty: all that it has; a library: softmax
  std::vector<std::string> formats;    // empty: all that it has
  std::optional<double> timeout_seconds;
  std::optional<std::uint64_t> memory_bytes, overread_bytes;
  std::vector<KnownBreak> known_breaks;
  Place place;
};

struct Limit {
  // Wildcards * and ?, any of the patterns. Empty: all.
  std::vector<std::string> implementation, operation, format, regime;
  std::uint64_t shortest = 1, longest = UINT64_MAX;
  GateMetric metric;
  double number = 0;              // of metrics that are numbers
  std::vector<std::string> names; // of metrics that are names: contracts, profiles ...
  std::string against = "memcpy"; // speed_ratio: or a built-in implementation
  std::string basis = "policy", reason;
  std::optional<Date> expires; // from that day on it is as if it were not there
  Place place;                 // of the limit's value
};

struct Policy {
  std::string file; // as it was named
  std::string effort = "gate";
  std::uint64_t seed = 1;
  std::vector<std::size_t> lengths; // that are measured; empty: the usual
  std::vector<std::string> inputs;  // .npy files that are measured and judged besides
  std::vector<std::string> properties;
  std::vector<PolicySubject> subjects;
  std::vector<Limit> limits;
};

// `built_in`: names of the implementations that a speed ratio can be over. Throws std::invalid_argument: "FILE:LINE:COLUMN: what is
// wrong, and what would be right".
Policy policy_from(std::string_view text, std::string_view file, const std::vector<std::string>& built_in);

// Does `name` match one of the patterns (or are there none)?
bool matches(const std::vector<std::string>& patterns, std::string_view name);

} // namespace softmax_audit
