// Subjects by laws, on all cores where the subject allows it, and what comes of it in the report.
#pragma once

#include "reports/cli/options.hpp"
#include "reports/cli/subjects.hpp"

#include <functional>

namespace softmax_audit {

Effort effort_of(const Options& options);

// --row and what belongs to it as a case of an operation; nothing without --row.
std::optional<Case> case_option(const Options& options, Operation operation, Format format);

struct Judging {
  const std::vector<NamedSubject>& subjects;
  const Options& options;
  const Oracle& oracle;
  std::vector<Operation> operations;
  std::vector<InputFile> files; // real logits
  bool whole_audit = false; // also what each subject turns out to be; and measures by regime only where that is asked for most
  // Bounds that somebody decided on, instead of the laws' own.
  std::function<std::optional<double>(const Subject&, const Property&, Operation, Format)> limit{};
};

// Judges every subject by every law that applies, operation by operation, and hands each finished line of the matrix on: the verdicts of one
// subject, operation and format, in the laws' order.
void judge_all(const Judging& judging, Report& report, const std::function<void(const std::vector<VerdictEntry>&)>& line_done);

// What measuring finds against a subject becomes a verdict of is_accurate. Returns incidents as sentences.
std::vector<std::string> measure_all(const Judging& judging, Report& report);

// Temperature curves and special values of each subject: of one, in every format and operation that has them; of several, of softmax in one
// format. Gives incidents.
std::vector<std::string> trace_all(const Judging& judging, Report& report);

// How fast foreign code is, where it can be timed. Gives incidents; results go into the report.
std::vector<std::string> time_all(const Judging& judging, Report& report);

// The smallest errors that are found in each subject, format by format, with its promises and without.
void detect_all(const Judging& judging, Report& report, const std::function<void(const DetectionEntry&)>& entry_done);

// Every planted fault by every law. `row_done` gets each fault when all before it are done.
void kill_all(const Options& options, const Oracle& oracle, Report& report,
              const std::function<void(const FaultEntry&)>& row_done);

} // namespace softmax_audit
