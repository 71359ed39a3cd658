// Law      a row with a NaN, with +inf, or with nothing but -inf gives what the subject's declared profile says.
// Source   impl/profile.hpp; what libraries do differs, and so a profile is declared, never assumed to be taste.
// Basis    claim, with bound 0: the number of results that differ from the profile.
// Needs    such a row; sigmoid: such an element.
#include "properties/laws/due_values.hpp"
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

void arrange(Case& c, Random& random, std::size_t) {
  c.scale = 1;
  const std::size_t place = random.below(c.x.size());
  const double finite = std::isfinite(c.x[place]) ? c.x[place] : 1;
  switch (random.below(6)) {
    case 0: c.x[place] = not_a_number; break;
    case 1: c.x[place] = infinity; break;
    case 2: c.x.assign(c.x.size(), -infinity); break;
    case 3: // the larger logit on either side of the NaN: comparisons with it are false
      c.x.assign(c.x.size(), finite);
      c.x[place] = not_a_number;
      c.x[random.below(c.x.size())] = random.one_in(2) ? round_to(c.format, finite + 3) : not_a_number;
      break;
    case 4: // several infinities
      c.x[place] = infinity;
      c.x[random.below(c.x.size())] = infinity;
      break;
    default: // a NaN among masks: a running maximum may forget it
      c.x.assign(c.x.size(), -infinity);
      c.x[place] = random.one_in(2) ? not_a_number : infinity;
      c.x[random.below(c.x.size())] = random.one_in(2) ? 1 : not_a_number;
  }
}

bool admits(const Case& c) {
  if (c.x.empty() || c.scale != 1) return false;
  if (c.operation == Operation::cross_entropy && (c.target < 0 || static_cast<std::size_t>(c.target) >= c.x.size()))
    return false;
  if (c.operation == Operation::softmax_backward &&
      (c.dy.size() != c.x.size() || !std::all_of(c.dy.begin(), c.dy.end(), [](double value) { return std::isfinite(value); })))
    return false;
  if (c.operation == Operation::sigmoid)
    return std::any_of(c.x.begin(), c.x.end(), [](double value) { return !std::isfinite(value); });
  return !has_truth(c.x, 1);
}

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::claim,
                     std::string("special values follow the profile \"")
                         .append(name(subject.profile))
                         .append(subject.profile_is_assumed ? "\", which nobody declared" : "\""));
  const SpecialCounts counts = special_counts(c.x);
  double different = 0;
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (c.operation == Operation::sigmoid && std::isfinite(c.x[i])) continue;
    const double due = due_value(c, counts, subject.profile, i);
    if (c.operation == Operation::softmax_backward && std::isinf(due) ? std::isfinite(y[i])
                                                                      : agrees_with_due(y[i], due, subject.claim, c.format))
      continue;
    if (!first) first = i;
    ++different;
  }
  const double want = due_value(c, counts, subject.profile, first.value_or(0));
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
    .means = "Rows with NaN, infinity or nothing but masks do not give what the profile promises: a NaN is hidden or spreads, "
             "and a fully masked row poisons or passes unnoticed.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = {Operation::softmax, Operation::log_softmax, Operation::log_sum_exp, Operation::softmax_backward,
                   Operation::cross_entropy, Operation::sigmoid},
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
