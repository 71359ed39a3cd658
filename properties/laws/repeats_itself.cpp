// Law      the same call gives the same bits.
// Source   a function of its arguments; no claim is needed, and no bound.
// Basis    theorem, with bound 0.
// Needs    an ordinary row. It is asked three times; the first answer may still depend on what was asked before (forgets_other_calls).
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  (void)subject.run(question_of(c));
  const std::vector<double> first = subject.run(question_of(c));
  const std::vector<double> again = subject.run(question_of(c));
  WorstFinding worst(Basis::theorem, "the same call: no tolerance");
  double different = 0;
  std::optional<std::size_t> at;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (same_bits(first[i], again[i])) continue;
    ++different;
    if (!at) at = i;
  }
  worst.consider({different, different}, 0, at, at ? first[*at] : 0, at ? again[*at] : 0);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property repeats_itself{
    .name = "repeats_itself",
    .statement = "the same call again gives the same bits",
    .source = "properties/README.md#placement",
    .needs = "scale * x finite or -inf, and some of it finite",
    .means = "The same call gives different bits the second time: results cannot be reproduced, and comparing two runs says "
             "nothing.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = all_operations,
    .isolation = true,
    .cost = 8,
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
