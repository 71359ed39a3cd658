// Law      a gap between the rows of a batch changes nothing.
// Source   properties/README.md, "Placement".
// Basis    theorem; bit for bit is a contract.
// Needs    a gap (number, in elements); it is filled with NaN.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  const std::size_t gaps[] = {1, 1 + random.below(16), 64, c.x.size()};
  c.number = gaps[random.below(std::size(gaps))];
  fill_neighbours(c, random);
}

bool admits(const Case& c) { return is_ordinary(c) && c.number >= 1 && c.number <= 10000; }

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  Placement placement;
  placement.gap = c.number;
  return compare_placements(subject, c, Batch(c, 3, 1), placement, oracle, resolution, Contract::stride);
}

} // namespace

namespace laws {
extern constinit const Property ignores_row_stride{
    .name = "ignores_row_stride",
    .statement = "rows with a gap between them: |y_i - y_i without| <= 2 B(x)_i",
    .source = "properties/README.md#placement",
    .needs = "a gap in elements (--number)",
    .means =
        "Rows with a gap between them give other results than packed ones: slices and padded tensors are computed wrongly.",
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::row_stride},
    .contract = Contract::stride,
    .cost = 4,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
