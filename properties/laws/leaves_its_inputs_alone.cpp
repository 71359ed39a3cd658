// Law      writes nothing to x, dy, mask or target.
// Source   impl/foreign/README.md, "Fences".
// Basis    theorem, with bound 0.
// Needs    a place of the buffers (--number): 1 aligned, 2 flush to the end, 3 flush to the beginning.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  return must_not(Deed::writes_input, subject, c, fenced(c));
}

} // namespace

namespace laws {
extern constinit const Property leaves_its_inputs_alone{
    .name = "leaves_its_inputs_alone",
    .statement = "no byte of an input is written",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "a place of the buffers (--number): 1 aligned, 2 flush to the end, 3 flush to the beginning",
    .means = "It changes the logits that it was given to read: whoever uses them afterwards gets something else.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::fences},
    .isolation = true,
    .cost = 4,
    .arrange = &choose_fence,
    .admits = &has_fence,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
