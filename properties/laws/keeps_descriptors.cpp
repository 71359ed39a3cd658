// Law      closes no descriptor that is not its own, and does not leave more of them open with every call.
// Source   impl/foreign/README.md, "Streams, processes, descriptors".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  // One descriptor may be kept for good; who leaves one open at every call does so at the third, too.
  Finding finding;
  for (int calls = 0; calls < 3 && finding.measured.high == 0; ++calls)
    finding = must_not(Deed::touches_descriptors, subject, c, {.fence = Fence::start});
  return finding;
}

} // namespace

namespace laws {
extern constinit const Property keeps_descriptors{
    .name = "keeps_descriptors",
    .statement = "the same descriptors are open after a call",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row",
    .means = "It closes files and connections of the program that uses it, or exhausts them.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::descriptors},
    .isolation = true,
    .cost = 8,
    .arrange = &add_special_values,
    .admits = &is_any_row,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
