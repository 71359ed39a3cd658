// Law      where a row lies in memory changes nothing.
// Source   properties/README.md, "Placement".
// Basis    theorem; bit for bit is a contract: code that peels elements up to a boundary sums in another order.
// Needs    a distance from a 64-byte boundary in elements (number, 1 to 63).
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) { c.number = 1 + random.below(random.one_in(2) ? 4 : 63); }

bool admits(const Case& c) { return is_ordinary(c) && c.number >= 1 && c.number <= 63; }

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  Placement placement;
  placement.misplaced = c.number;
  return compare_placements(subject, c, Batch(c, 1, 0), placement, oracle, resolution, Contract::alignment);
}

} // namespace

namespace laws {
extern constinit const Property ignores_alignment{
    .name = "ignores_alignment",
    .statement = "a row that begins elsewhere: |y_i - y_i| <= 2 B(x)_i",
    .source = "properties/README.md#placement",
    .needs = "a distance from a 64-byte boundary in elements (--number), 1 to 63",
    .means = "The result depends on where in memory a row begins by more than rounding: the same model gives different answers "
             "from run to run and from batch to batch.",
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::alignment},
    .contract = Contract::alignment,
    .cost = 2,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
