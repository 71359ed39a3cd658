// Law      x_i = -inf implies y_i = 0 exactly; log-softmax -inf, the gradient 0. The rest is a softmax of the rest (is_accurate judges that
//          on the same rows).
// Source   exp(-inf) = 0 in every arithmetic; IEEE 754-2019, 9.2.1.
// Basis    theorem, with bound 0. An exact zero must be exactly zero.
// Needs    a logit of -inf beside a finite one.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

constexpr double masked = -std::numeric_limits<double>::infinity();

void arrange(Case& c, Random& random, std::size_t index) {
  if (c.x.size() < 2) {
    c.x.push_back(c.x[0]);
    if (!c.dy.empty()) c.dy.push_back(c.dy[0]);
  }
  for (double& value : c.x)
    if (value == masked) value = 0;
  // Running maxima, blocks and vector tails meet masks differently: all before the last (whole blocks of nothing come first; the only
  // case of the longest rows), all but the first, all but one, padding on either side, one at either end, one anywhere.
  const std::size_t n = c.x.size(), place = random.below(n), cut = 1 + random.below(n - 1);
  const auto mask = [&c](std::size_t from, std::size_t to) {
    std::fill(c.x.begin() + static_cast<std::ptrdiff_t>(from), c.x.begin() + static_cast<std::ptrdiff_t>(to), masked);
  };
  switch (index % 8) {
    case 0: mask(0, n - 1); break;
    case 1: mask(1, n); break;
    case 2: mask(0, place), mask(place + 1, n); break;
    case 3: mask(0, cut); break;
    case 4: mask(cut, n); break;
    case 5: mask(0, 1); break;
    case 6: mask(n - 1, n); break;
    default: mask(place, place + 1);
  }
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
    .least_cases = 20,
    .operations = {Operation::softmax, Operation::log_softmax, Operation::softmax_backward},
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
