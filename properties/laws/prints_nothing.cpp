// Law      prints nothing to standard output.
// Source   impl/foreign/README.md, "Streams, processes, descriptors".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) { return must_not(Deed::prints, subject, c, {}); }

} // namespace

namespace laws {
extern constinit const Property prints_nothing{
    .name = "prints_nothing",
    .statement = "standard output stays empty",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row",
    .means =
        "It writes into the output of the program that uses it: whoever reads that output gets something else than expected.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::streams},
    .isolation = true,
    .cost = 8,
    .arrange = &add_special_values,
    .admits = &is_any_row,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
