// What a policy demands against what was found: the entries of a gate and its verdict.
#pragma once

#include "properties/campaigns/speed.hpp"
#include "reports/cli/subjects.hpp"
#include "reports/gate/baseline.hpp"
#include "reports/gate/policy.hpp"

#include <functional>
#include <span>

namespace softmax_audit {

// Is the limit about this subject in this operation and format?
bool is_about(const Limit& limit, std::string_view subject, std::string_view operation, std::string_view format);
bool has_expired(const std::optional<Date>& expires, Date today);

// The limit that takes the place of a law's own bound: of those that are about it, the last in the file that has not expired.
const Limit* limit_on_law(const Policy& policy, std::string_view property, std::string_view subject, std::string_view operation,
                          std::string_view format, Date today);

// One subject's part of a run.
struct GatedSubject {
  const PolicySubject* policy = nullptr;
  const NamedSubject* named = nullptr;
  std::span<const VerdictEntry> verdicts;
  std::span<const AccuracyEntry> accuracy;
  // Judges a row, as AccuracyEntry::worst holds it, by is_accurate within a limit in ulp.
  std::function<VerdictEntry(const AccuracyEntry&, const Witness&, double limit)> judge_row;
  std::function<std::vector<std::string>(Operation, Format, GateMetric::Kind)> met; // profiles, or treatments of subnormals
  // Throws Incident.
  std::function<SpeedRatio(Operation, Format, std::uint64_t length, const std::string& against)> speed;
};

// Laws, limits and known breaks of one subject. `used` counts for each limit of the policy what it was held against.
std::vector<GateEntry> entries_of(const GatedSubject& gated, const Policy& policy, Date today, std::vector<std::size_t>& used);

// Limits that were held against nothing, and limits that have expired.
std::vector<GateEntry> entries_of_limits(const Policy& policy, Date today, const std::vector<std::size_t>& used);

std::vector<GateEntry> entries_of_baseline(const std::vector<FigureChange>& changes, std::size_t figures,
                                           const GatedSubject& gated, const Policy& policy, const std::string& baseline_file);

// contracts.md's exit codes, and the verdict in words.
void conclude(Gate& gate);

} // namespace softmax_audit
