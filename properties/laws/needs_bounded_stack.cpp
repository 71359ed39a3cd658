// Law      fits into the usual stack of 8 MiB.
// Source   impl/foreign/README.md, "Time and memory".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  return must_not(Deed::exceeds_stack, subject, c, {});
}

} // namespace

namespace laws {
extern constinit const Property needs_bounded_stack{
    .name = "needs_bounded_stack",
    .statement = "no page beyond the stack is touched",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row",
    .means =
        "It overflows the stack: recursion or local arrays as long as the row. Threads mostly have a smaller stack than this.",
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
