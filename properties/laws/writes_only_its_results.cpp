// Law      writes nothing but the elements of y: nothing before or after it, nothing between its rows.
// Source   impl/foreign/README.md, "Fences".
// Basis    theorem, with bound 0.
// Needs    a place of the buffers (--number): 1 aligned, 2 flush to the end, 3 flush to the beginning.
// Note     Asked as a row alone, and as three rows, with gaps where the subject knows of them.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  Placement placement = fenced(c);
  const auto because = [&] { return std::string("no byte outside its results; ").append(where_fence_is(c)); };
  const Done alone = ask_watching(subject, question_of(c), placement, Deed::writes_outside);
  if (alone.done) return finding_of(true, alone.seen, because());
  const Batch three(c, 3, 1);
  if (subject.can(Ability::row_stride, c.operation, c.format)) placement.gap = 5;
  const Done among = ask_watching(subject, three.question(c), placement, Deed::writes_outside);
  return finding_of(among.done, among.seen, because());
}

} // namespace

namespace laws {
extern constinit const Property writes_only_its_results{
    .name = "writes_only_its_results",
    .statement = "no byte outside y is written",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "a place of the buffers (--number): 1 aligned, 2 flush to the end, 3 flush to the beginning",
    .means = "It overwrites memory of somebody else: silent corruption of neighbouring data, or a crash.",
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
