// Law      calls from several threads at once give what each gives alone.
// Source   impl/foreign/README.md, "Callers".
// Basis    theorem, with bound 0.
// Needs    any row, and others beside it (--with).
// Note     What races shows by luck: each thread calls 8 to 64 times.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  c.with.clear();
  for (std::size_t i = 0; i < 3 * c.x.size(); ++i) c.with.push_back(round_to(c.format, 3 * random.normal()));
}

bool admits(const Case& c) { return is_any_row(c) && !c.with.empty(); }

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  const Batch four(c, 4, 0);
  Placement placement;
  // Alone first: a subject whose rows disturb each other without any thread breaks ignores_other_rows.
  const auto ask_alone = [&] {
    placement.callers = 1;
    return subject.run_watched(four.question(c), placement).y;
  };
  const std::vector<double> alone = ask_alone();
  placement.callers = 4;
  const Answer answer = subject.run_watched(four.question(c), placement);
  if (answer.differing > 0 || !same_bits_in(alone, answer.y)) require_repeatable(ask_alone, alone, ask_alone, alone);
  const auto differing = static_cast<double>(answer.differing);
  WorstFinding worst(Basis::theorem, "a function of its arguments: no tolerance");
  worst.consider({differing, differing}, 0, std::nullopt, 0, differing);
  Finding finding = worst.finding();
  if (answer.differing > 0)
    finding.seen = "of " + std::to_string(4 * calls_of_each(c.x.size())) + " calls from four threads at once " +
                   std::to_string(answer.differing) + " gave other bits than alone";
  return finding;
}

} // namespace

namespace laws {
extern constinit const Property races_with_nobody{
    .name = "races_with_nobody",
    .statement = "four threads, a row each, at once: the bits that each got alone",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row, and others beside it (--with)",
    .means = "Two threads that use it at the same time disturb each other: results that are wrong once in a while, and cannot "
             "be reproduced.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::callers},
    .isolation = true,
    .cost = 16,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
