// Law      needs no more memory than a bound that the user sets.
// Source   impl/foreign/README.md, "Time and memory".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  return must_not(Deed::exceeds_memory, subject, c, {});
}

} // namespace

namespace laws {
extern constinit const Property needs_bounded_memory{
    .name = "needs_bounded_memory",
    .statement = "resident memory stays below --memory",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row",
    .means = "It takes memory without end: on a machine that serves others, too, the system kills whoever is largest.",
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
