// Law      the answer does not depend on what was asked before.
// Source   a function of its arguments; no claim is needed, and no bound.
// Basis    theorem, with bound 0.
// Needs    a second row (--with), of any length.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

// Other values, of another length, so that whatever is kept is overwritten, or of the same one, so that it is found again.
void arrange(Case& c, Random& random, std::size_t index) {
  c.with.clear();
  const std::size_t n = index % 2 == 0 ? 1 + random.below(2 * c.x.size()) : c.x.size();
  for (std::size_t i = 0; i < n; ++i) c.with.push_back(round_to(c.format, 20 * random.normal()));
}

bool admits(const Case& c) { return is_any_row(c) && !c.with.empty() && c.with.size() <= 100000; }

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  const auto ask_row = [&](const std::vector<double>& x) {
    Case other = c;
    other.x = x;
    other.dy.assign(c.dy.empty() ? 0 : x.size(), 1.0);
    other.target = 0;
    (void)subject.run(question_of(other));
  };
  // First, always the same: what was asked for other cases must not decide this one.
  const std::vector<double> longer(2 * std::max(c.x.size(), c.with.size()) + 17, 0.0);
  const auto ask = [&](bool other_between) {
    ask_row(longer);
    if (other_between) ask_row(c.with);
    return subject.run(question_of(c));
  };
  const std::vector<double> before = ask(false), after = ask(true);
  if (!same_bits_in(before, after)) require_repeatable([&] { return ask(false); }, before, [&] { return ask(true); }, after);
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
    .statement = "x, and x after another row: the same bits",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "a second row (--with), of any length",
    .means = "It remembers: what a row gives depends on the rows that were computed before it.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = all_operations,
    .isolation = true,
    .cost = 8,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
