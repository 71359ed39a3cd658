// Law      a row of a batch gives what it gives alone, whatever the other rows hold and how many there are.
// Source   properties/README.md, "Placement": the rows are separate questions, so both runs lie within their own bound of one truth.
// Basis    theorem. Bit for bit is a contract: code may choose another path for another number of rows.
// Needs    what the other rows hold (with, over and over) and the row's place (number): row `number`, behind which there are number % 3 more.
// Why      rows are taken by twos, fours and blocks, so the number of rows is odd and even and the row is often the last. Some batches have
//          more than 65536 elements, one more than 65536 rows: there indices of 16 bits end.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

constexpr std::size_t beyond_16_bits = std::size_t{1} << 16;

void arrange(Case& c, Random& random, std::size_t index) {
  if (index % 512 == 200) { // more than 65536 rows, of two elements at most
    for (std::vector<double>* values : {&c.x, &c.dy})
      if (values->size() > 2) values->erase(values->begin() + 2, values->end());
    c.target = 0;
    if (std::none_of(c.x.begin(), c.x.end(), [](double value) { return std::isfinite(value); })) c.x[0] = 1;
  }
  fill_neighbours(c, random);
  c.number = random.one_in(8) ? random.below(c.x.size() < 40 ? 140 : 40) : random.below(9);
  if (index % 512 == 200) c.number = beyond_16_bits + random.below(8);
  if (index % 128 == 100) c.number = beyond_16_bits / c.x.size() + 1 + random.below(8);
}

bool admits(const Case& c) { return is_ordinary(c) && c.number < 2 * beyond_16_bits; }

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Batch batch(c, c.number + 1 + c.number % 3, c.number);
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
    .least_cases = 20,
    .operations = all_operations,
    .contract = Contract::batch,
    .cost = 2,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
