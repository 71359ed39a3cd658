// Law      a call returns: it neither ends the process nor throws.
// Source   impl/foreign/README.md, "What isolates what".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  return must_not(Deed::leaves_otherwise, subject, c, {});
}

} // namespace

namespace laws {
extern constinit const Property returns_to_its_caller{
    .name = "returns_to_its_caller",
    .statement = "the call returns",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row",
    .means = "It ends the program that calls it, or throws an exception through code that may not be able to pass it on.",
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
