// What changed from one report to another.
#pragma once

#include "reports/report.hpp"

#include <string>

namespace softmax_audit {

// Verdicts are matched by subject, operation, format and law; accuracy by subject, operation, format, length and regime. Versions may
// differ: that is what is compared. Where each report has one implementation, and they bear different names, the names are disregarded.
// Figures are compared exactly: the program is deterministic, so whatever differs has a cause.
Comparison compare(const Report& before, const Report& after, std::string before_file, std::string after_file);

} // namespace softmax_audit
