// Law      leaves rounding mode, flush-to-zero, denormals-are-zero, traps and the precision of the x87 as they were, when it is loaded and when it is called.
// Source   impl/foreign/README.md, "The floating-point environment".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  return must_not(Deed::changes_environment, subject, c, {});
}

} // namespace

namespace laws {
extern constinit const Property keeps_floating_point_environment{
    .name = "keeps_floating_point_environment",
    .statement = "the floating-point environment is the same after loading and after a call",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row",
    .means = "After loading or calling it, all other arithmetic of the process rounds differently, or loses numbers below the "
             "normal range.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::environment},
    .isolation = true,
    .cost = 8,
    .arrange = &add_special_values,
    .admits = &is_any_row,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
