// The program's commands. Each returns its exit code and throws UsageError for what the user has to mend.
#pragma once

#include "reports/cli/options.hpp"

namespace softmax_audit {

int list(const Options& options);
int check(const Options& options);
int measure(const Options& options);
int explain(const Options& options);
int report(const Options& options);
int bench(const Options& options);
// check, measure and report of every implementation at once, compared with what each declares. Exit code 0 if and only if
// declared and observed breaks agree.
int audit(const Options& options);
// A policy's subjects by laws, by its limits and against a baseline.
int gate(const Options& options);
int detection(const Options& options);

} // namespace softmax_audit
