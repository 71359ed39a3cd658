// Law      equal logits share evenly: y_i = RN(1/n) for every n to 4096 and for powers of two beyond.
// Source   properties/README.md, "Constant rows": n ones add up exactly in every order while n <= 2^p, so one division is all that
//          rounds. log_softmax and log_sum_exp: log n with one logarithm.
// Basis    theorem. Bound 0 ulp from RN(1/n) where exp(0) = 1, n <= 2^p of the accumulator, and one division without a second
//          rounding to a narrower format; otherwise B with an exact sum.
// Needs    equal finite logits.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

// Every n to 4096 once in 4370 cases: those to 128 first, then all others in leaps (1237 and 3968 have no common factor). Every sixteenth
// case is a power of two or one of its neighbours, up to 2^14, and every 512th one of 2^15, 2^16 and 2^17. Longer rows keep their length.
std::size_t length_of(std::size_t index, Random& random) {
  constexpr std::size_t first = 128, others = 4096 - first;
  if (index % 512 == 511) return std::size_t{1} << (15 + index / 512 % 3);
  if (index % 16 == 15) return (std::size_t{1} << (1 + random.below(14))) + random.below(3) - 1;
  const std::size_t k = index - index / 16;
  return k < first ? k + 1 : first + 1 + (k - first) * 1237 % others;
}

void arrange(Case& c, Random& random, std::size_t index) {
  const std::size_t n = c.x.size() > 4096 ? c.x.size() : length_of(index, random);
  const double finite = std::isfinite(c.x[0]) ? c.x[0] : 0;
  const double usual[] = {-1e4, 0, 1, -1, finite, round_to(c.format, 100 * random.normal())};
  // The longest rows have index 0 only: there whatever is not shifted vanishes.
  c.x.assign(n, round_to(c.format, usual[index == 0 ? 0 : random.below(std::size(usual))]));
  c.scale = 1;
}

bool admits(const Case& c) {
  return is_ordinary_and_finite(c) && std::all_of(c.x.begin(), c.x.end(), [&c](double value) { return value == c.x[0]; });
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Format arithmetic = arithmetic_of(subject.claim, c.format);
  const double n = static_cast<double>(c.x.size());
  const bool sum_is_exact = subject.claim.exponential_of_zero_is_one && subject.claim.form != ExponentialForm::base_two_fused &&
                            n <= 1 / unit_roundoff(subject.claim.accumulator.value_or(arithmetic)) &&
                            n <= 1 / unit_roundoff(arithmetic);
  if (!sum_is_exact) return compare_with_truth(subject, c, oracle, resolution);
  if (c.operation != Operation::softmax || subject.claim.division != Division::divide || arithmetic != c.format) {
    // A sum in binary64 that is rounded once stands for one that is exact.
    Subject of_exact_sum = subject;
    of_exact_sum.claim.summation = Summation::wide;
    of_exact_sum.claim.accumulator = Format::f64;
    return compare_with_truth(of_exact_sum, c, oracle, resolution);
  }
  const double want = round_to(c.format, 1 / n); // 1/n in double is no midpoint of a narrower format, so this rounds as once
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c) + ", of ones: exact");
  consider_exact(worst, y, std::vector<double>(y.size(), want), c.format);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property is_uniform_on_constants{
    .name = "is_uniform_on_constants",
    .statement = "x_i = c for all i: y_i = RN(1/n), log-sum-exp = c + log n",
    .source = "properties/README.md#constant-rows",
    .needs = "equal finite logits",
    .means = "Equal logits do not give equal shares of 1/n: a model that knows nothing is not reported as knowing nothing.",
    .least_cases = 200, // at smoke every n to 128, and leaps
    .operations = {Operation::softmax, Operation::log_softmax, Operation::log_sum_exp},
    .cost = 4,
    .chooses_length = true,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
