// Law      softmax along an axis that has others behind it is softmax of the same numbers one after the other.
// Source   properties/README.md, "Placement".
// Basis    theorem; bit for bit is a contract.
// Needs    how many rows lie side by side (number, at least 2) and what the others hold (with, over and over). The row is in the last of one
//          or two blocks of them: two where `with` has an odd number of values.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  const std::size_t inner[] = {2, 3, 4, 8, 16, 2 + random.below(20)};
  c.number = inner[random.below(std::size(inner))];
  fill_neighbours(c, random);
}

bool admits(const Case& c) { return is_ordinary(c) && c.number >= 2 && c.number <= 1000; }

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  Placement placement;
  placement.inner = c.number;
  const std::size_t blocks = 1 + c.with.size() % 2;
  // Neither first nor last of its block where there is a choice.
  const Batch batch(c, blocks * c.number, (blocks - 1) * c.number + c.number / 2);
  return compare_placements(subject, c, batch, placement, oracle, resolution, Contract::axis);
}

} // namespace

namespace laws {
extern constinit const Property ignores_axis{
    .name = "ignores_axis",
    .statement = "along an axis with others behind it: |y_i - y_i of the contiguous row| <= 2 B(x)_i",
    .source = "properties/README.md#placement",
    .needs = "the number of rows side by side (--number), 2 or more; --with: what the others hold",
    .means = "Softmax along an inner axis is not softmax of the same row laid out contiguously: a transpose changes the "
             "probabilities.",
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::axis},
    .contract = Contract::axis,
    .cost = 8,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
