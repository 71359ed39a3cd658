// Law      a row with a NaN, with +inf, or with nothing but -inf gives what the subject's declared profile says.
// Source   impl/subject.hpp, Profile; what libraries do differs, and so a profile is declared, never assumed to be taste.
// Basis    claim, with bound 0: the number of elements that differ from the profile.
// Needs    such a row.
#include "properties/inputs/random.hpp"
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

void arrange(Case& c, Random& random) {
  c.scale = 1;
  const std::size_t place = random.below(c.x.size());
  switch (random.below(4)) {
    case 0: c.x[place] = not_a_number; break;
    case 1: c.x[place] = infinity; break;
    case 2: c.x.assign(c.x.size(), -infinity); break;
    default: // a NaN among masks: a running maximum may forget it
      c.x.assign(c.x.size(), -infinity);
      c.x[place] = random.one_in(2) ? not_a_number : infinity;
      c.x[random.below(c.x.size())] = random.one_in(2) ? 1 : not_a_number;
  }
}

bool admits(const Case& c) { return !c.x.empty() && c.scale == 1 && !has_truth(c.x, 1); }

Finding measure(const Subject& subject, const Case& c, Truths&, int) {
  const bool all_masked = std::all_of(c.x.begin(), c.x.end(), [](double value) { return value == -infinity; });
  const double want = all_masked && subject.profile == Profile::safe ? 0 : not_a_number;
  const std::vector<double> y = answer(subject, c);
  WorstFinding worst(Basis::claim, "special values follow the profile \"" + std::string(name(subject.profile)) + "\"");
  double different = 0;
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isnan(want) ? std::isnan(y[i]) : y[i] == want) continue;
    if (!first) first = i;
    ++different;
  }
  worst.consider({different, different}, 0, first, want, first ? y[*first] : want);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property treats_special_values{
    .name = "treats_special_values",
    .statement = "rows with NaN, +inf or only -inf follow the declared profile",
    .source = "properties/README.md#special-values",
    .needs = "a NaN, a +inf, or nothing but -inf",
    .unit = Unit::elements,
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
