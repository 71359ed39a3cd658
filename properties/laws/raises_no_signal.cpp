// Law      no row ends the process by a signal.
// Source   impl/foreign/README.md, "What isolates what".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  return must_not(Deed::raises_signal, subject, c, {});
}

} // namespace

namespace laws {
extern constinit const Property raises_no_signal{
    .name = "raises_no_signal",
    .statement = "the process survives the call",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row",
    .means = "It crashes the process that calls it.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::apart},
    .isolation = true,
    .cost = 8,
    .arrange = &add_special_values,
    .admits = &is_any_row,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
