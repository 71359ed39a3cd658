// Law      reads nothing outside the buffers that it was given: not one element before or after x, y, dy, mask or target.
// Source   impl/foreign/README.md, "Fences".
// Basis    theorem, with bound 0.
// Needs    a place of the buffers (--number): 1 aligned, 2 flush to the end, 3 flush to the beginning.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  const Done done = ask_watching(subject, question_of(c), fenced(c), Deed::reads_outside);
  return finding_of(done.done, done.seen, std::string("no byte outside its buffers; ").append(where_fence_is(c)));
}

} // namespace

namespace laws {
extern constinit const Property reads_only_its_inputs{
    .name = "reads_only_its_inputs",
    .statement = "no byte outside its buffers is read",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "a place of the buffers (--number): 1 aligned, 2 flush to the end, 3 flush to the beginning",
    .means = "It reads memory that does not belong to it: where a row ends at the end of a mapped page, the process that uses "
             "it crashes.",
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
