// What the command line said, before anything is looked up.
#pragma once

#include "oracles/format.hpp"
#include "oracles/registry.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace softmax_audit {

// The user asked for something that cannot be; the sentence says what, where, and what to do. Exit code 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum ExitCode {
  exit_all_hold = 0,
  exit_broken = 1,
  exit_usage = 2,
  exit_incident = 3,
  exit_own_failure = 4,
  exit_nothing_tested = 5,
  exit_skipped = 77,
};

// Half of the machine's memory, and not more than 8 GiB: whoever takes memory without end must not take it from others.
std::uint64_t default_memory_bytes();

struct Options {
  std::vector<std::string> subjects;
  std::string library, plugin, symbol, call, worker, foreign_name;
  std::string claim, profile, instruction_set;
  std::string operation; // empty: the command's own
  std::string format;
  std::string oracle{default_oracle_name};
  double timeout_seconds = 10;
  std::uint64_t memory_bytes = default_memory_bytes();
  std::uint64_t overread_bytes = 0;
  bool no_shared_memory = false;

  std::vector<std::string> properties;
  std::string effort = "smoke";
  std::uint64_t seed = 1;
  std::size_t cases = 0; // of each law, instead of those of the effort; 0: those
  std::optional<std::string> row;
  std::string scale, shift, permutation, dy, with;
  std::optional<std::int64_t> target;
  std::optional<std::uint64_t> number;
  std::optional<double> limit; // check: the bound of the one named law
  std::string keep;            // check: the corpus file that is asked first and that counterexamples are added to
  unsigned runs = 100;         // detection
  bool contracts = false;      // detection: with the subject's promises, too
  std::vector<std::string> inputs;
  std::vector<std::size_t> lengths;

  std::string json, out;
  std::map<std::string, std::string> report_files; // by report format
  std::vector<std::string> results;                // report: what to read
  std::vector<std::string> compare;                // report: an earlier result and a later one
  std::string policy, baseline;                    // gate: its files
  std::optional<std::string> policy_effort;        // gate: instead of its policy's
  std::optional<std::uint64_t> policy_seed;
  bool update_baseline = false;
  std::string allow_regression; // the reason why a baseline may get worse
  std::string list_what;
  std::string bench_what;
};

// `what` is followed by the nearest of `known` to `name`, as in: there is no implementation "shfted"; did you mean shifted?
std::string unknown_name(std::string_view what, std::string_view name, const std::vector<std::string>& known);

} // namespace softmax_audit
