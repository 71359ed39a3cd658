// Law      answers.
// Source   impl/foreign/README.md, "Time and memory".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  return must_not(Deed::exceeds_time, subject, c, {});
}

} // namespace

namespace laws {
extern constinit const Property answers_in_time{
    .name = "answers_in_time",
    .statement = "an answer comes within --timeout",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row",
    .means = "It hangs: who waits for it waits for ever.",
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
