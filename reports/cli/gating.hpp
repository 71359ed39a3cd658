// Runs a policy: its subjects by laws, by limits and against the baseline.
#pragma once

#include "reports/cli/options.hpp"
#include "reports/gate/policy.hpp"
#include "reports/report.hpp"

#include <functional>

namespace softmax_audit {

// Reads options.policy. Throws UsageError naming file, line and column.
Policy read_policy(const Options& options);

// Judges everything, writes the baseline if that is asked for. The report holds the gate. `line_done`: as in judge_all.
Report run_gate(const Options& options, const Policy& policy,
                const std::function<void(const std::vector<VerdictEntry>&)>& line_done);

} // namespace softmax_audit
