// Law      the answer does not depend on what was asked before.
// Source   a function of its arguments; no claim is needed, and no bound.
// Basis    theorem, with bound 0.
// Needs    a second row (--with), of any length.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

// Another length and other values, so that whatever is kept is overwritten.
void arrange(Case& c, Random& random, std::size_t) {
  c.with.clear();
  const std::size_t n = 1 + random.below(2 * c.x.size());
  for (std::size_t i = 0; i < n; ++i) c.with.push_back(round_to(c.format, 20 * random.normal()));
}

bool admits(const Case& c) { return is_any_row(c) && !c.with.empty() && c.with.size() <= 100000; }

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  (void)subject.run(question_of(c));
  const std::vector<double> before = subject.run(question_of(c));
  const std::vector<double> again = subject.run(question_of(c));
  if (!std::equal(before.begin(), before.end(), again.begin(), &same_bits))
    throw Incident(Incident::Kind::refused, "the same call gives other bits: the matter of repeats_itself");
  Case between = c;
  between.x = c.with;
  between.dy.assign(c.dy.empty() ? 0 : c.with.size(), 1.0);
  between.target = 0;
  (void)subject.run(question_of(between));
  const std::vector<double> after = subject.run(question_of(c));
  WorstFinding worst(Basis::theorem, "a function of its arguments: no tolerance");
  double different = 0;
  std::optional<std::size_t> at;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (same_bits(before[i], after[i])) continue;
    ++different;
    if (!at) at = i;
  }
  worst.consider({different, different}, 0, at, at ? before[*at] : 0, at ? after[*at] : 0);
  Finding finding = worst.finding();
  if (different > 0) finding.seen = "its results depend on what it was asked before";
  return finding;
}

} // namespace

namespace laws {
extern constinit const Property forgets_other_calls{
    .name = "forgets_other_calls",
    .statement = "x, then another row, then x: the same bits",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "a second row (--with), of any length",
    .means = "It remembers: what a row gives depends on the rows that were computed before it.",
    .unit = Unit::elements,
    .operations = all_operations,
    .isolation = true,
    .cost = 4,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
