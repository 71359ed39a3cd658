// Law      x_i = -inf implies y_i = 0 exactly; log-softmax -inf, the gradient 0. The rest is a softmax of the rest (is_accurate judges that
//          on the same rows).
// Source   exp(-inf) = 0 in every arithmetic; IEEE 754-2019, 9.2.1.
// Basis    theorem, with bound 0. An exact zero must be exactly zero.
// Needs    a logit of -inf beside a finite one.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

constexpr double masked = -std::numeric_limits<double>::infinity();

void arrange(Case& c, Random& random, std::size_t) {
  if (c.x.size() < 2) {
    c.x.push_back(c.x[0]);
    if (!c.dy.empty()) c.dy.push_back(c.dy[0]);
  }
  // At the beginning, at the end, or anywhere; one or all but one: running maxima, blocks and vector tails meet masks differently.
  const std::size_t places[] = {0, c.x.size() - 1, random.below(c.x.size())};
  const std::size_t place = places[random.below(3)];
  const double kept = c.x[(place + 1) % c.x.size()];
  if (random.one_in(4)) c.x.assign(c.x.size(), masked);
  c.x[(place + 1) % c.x.size()] = kept;
  c.x[place] = masked;
  if (std::none_of(c.x.begin(), c.x.end(), [](double value) { return std::isfinite(value); }))
    c.x[(place + 1) % c.x.size()] = 0;
}

bool admits(const Case& c) { return is_ordinary(c) && std::find(c.x.begin(), c.x.end(), masked) != c.x.end(); }

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::theorem, "exp(-inf) = 0: no tolerance");
  const double want = c.operation == Operation::log_softmax ? masked : 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isnan(y[i]))
      worst.consider_not_a_number(0, i, want);
    else if (c.x[i] == masked)
      worst.consider(distance(y[i], want, smallest_subnormal_exponent(c.format)), 0, i, want, y[i]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property zeroes_masked{
    .name = "zeroes_masked",
    .statement = "x_i = -inf implies y_i = 0 exactly (log-softmax: -inf)",
    .source = "properties/README.md#masks",
    .needs = "a logit of -inf beside a finite one",
    .means = "A position masked by -inf gets a probability: the model attends to padding or to the future, or samples a "
             "forbidden token.",
    .unit = Unit::smallest_subnormal,
    .operations = {Operation::softmax, Operation::log_softmax, Operation::softmax_backward},
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
