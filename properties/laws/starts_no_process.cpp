// Law      starts no process.
// Source   impl/foreign/README.md, "Streams, processes, descriptors".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  return must_not(Deed::starts_process, subject, c, {});
}

} // namespace

namespace laws {
extern constinit const Property starts_no_process{
    .name = "starts_no_process",
    .statement = "after a call there is no new process",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row",
    .means = "It starts processes: code after the call may run twice, and what is left behind is never cleaned up.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::processes},
    .isolation = true,
    .cost = 8,
    .arrange = &add_special_values,
    .admits = &is_any_row,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
