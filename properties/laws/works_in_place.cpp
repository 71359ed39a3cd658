// Law      results written over the logits are the results written elsewhere.
// Source   properties/README.md, "Placement".
// Basis    theorem; bit for bit is a contract. Only for subjects that allow it.
// Needs    an ordinary row; number: rows before it in the batch.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) { c.number = random.below(3); }

bool admits(const Case& c) { return is_ordinary(c) && c.number < 1000; }

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  Placement placement;
  placement.in_place = true;
  return compare_placements(subject, c, Batch(c, c.number + 1, c.number), placement, oracle, resolution, Contract::place);
}

} // namespace

namespace laws {
extern constinit const Property works_in_place{
    .name = "works_in_place",
    .statement = "y = x: |y_i - y_i out of place| <= 2 B(x)_i",
    .source = "properties/README.md#placement",
    .needs = "scale * x finite or -inf, and some of it finite",
    .means =
        "Writing the result over the input gives other values than writing it elsewhere: saving memory changes the answer.",
    .least_cases = 20,
    .operations = {Operation::softmax, Operation::log_softmax, Operation::sigmoid},
    .abilities = {Ability::in_place},
    .contract = Contract::place,
    .cost = 2,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
