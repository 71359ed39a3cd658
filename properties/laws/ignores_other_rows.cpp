// Law      a row of a batch gives what it gives alone, whatever the other rows hold and how many there are.
// Source   properties/README.md, "Placement": the rows are separate questions, so both runs lie within their own bound of one truth.
// Basis    theorem. Bit for bit is a contract: code may choose another path for another number of rows.
// Needs    what the other rows hold (with, over and over) and the row's place (number): row `number` of 2 number + 2.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  fill_neighbours(c, random);
  c.number = random.one_in(8) ? random.below(40) : random.below(5);
}

bool admits(const Case& c) { return is_ordinary(c) && c.number < 1000; }

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Batch batch(c, 2 * c.number + 2, c.number);
  const Answered answer = answered(subject, question_of(c), oracle, resolution);
  const std::vector<double> among_others = batch.own(subject.run(batch.question(c)), c);
  return compare_answers(answer, among_others, answer.bound, in_place(c), subject, c, Contract::batch, true);
}

} // namespace

namespace laws {
extern constinit const Property ignores_other_rows{
    .name = "ignores_other_rows",
    .statement = "a row in a batch and alone: |y_i - y_i| <= 2 B(x)_i",
    .source = "properties/README.md#placement",
    .needs = "what the other rows hold (--with) and the row's place (--number)",
    .means = "The answer for one row depends on what else is in the batch: results cannot be reproduced, and one request can "
             "disturb another.",
    .operations = all_operations,
    .contract = Contract::batch,
    .cost = 2,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
