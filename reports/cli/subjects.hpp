// From names on the command line to things that can be judged.
#pragma once

#include "impl/subject.hpp"
#include "properties/property.hpp"
#include "reports/assemble.hpp"
#include "reports/cli/options.hpp"

namespace softmax_audit {

struct NamedSubject {
  Subject subject;
  CommandLine line; // how to name it again
};

// Built-in implementations by name or `all`, one subject for each instruction set of this machine, and foreign code.
// Throws UsageError.
std::vector<NamedSubject> resolve_subjects(const Options& options);

// As one word of a shell's command line.
std::string shell_quoted(const std::string& text);

std::vector<const Property*> resolve_properties(const Options& options);
const Oracle& resolve_oracle(const Options& options);
// The operations asked for: one, or `all`. Throws UsageError for an unknown one.
std::vector<Operation> resolve_operations(const Options& options, std::string_view otherwise);
std::optional<Operation> operation_named(std::string_view name);
// The formats asked for: one, or all. Throws UsageError for an unknown one.
std::vector<Format> resolve_formats(const Options& options);

} // namespace softmax_audit
