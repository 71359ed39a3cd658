// Law      for two results of 1/2 the gradient is (g_0 - g_1)/4 and its negative; where every step is exact in the arithmetic, what is
//          stored is the nearest value of the format, and of two that are as near the even one.
// Source   properties/README.md, "Ties"; IEEE 754-2019, 4.3.1: roundTiesToEven is the default.
// Basis    theorem, with bound 0: nothing but the conversion to the format rounds, if the arithmetic is wider; else nothing at all.
// Needs    y = (1/2, 1/2), and gradients that the arithmetic holds with their halves, half sum and half difference, none subnormal.
// Why      conversions to binary16 and bfloat16 are written by hand again and again, with half a unit added or the rest cut off. What lies
//          halfway is within every error bound on either side; only here exact results lie there, others are irrational or exact.
#include "properties/laws/row_facts.hpp"

#include <array>

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  // (2 m + 1) 2^k with m of as many bits as the format: halfway between two neighbours. In binary32 and binary64, where no wider
  // arithmetic is assumed, m has two bits less, and the gradient is a value of the format.
  const bool is_stored_narrower = c.format == Format::f16 || c.format == Format::bf16;
  const int bits = traits(c.format).precision - (is_stored_narrower ? 0 : 2);
  const std::int64_t m = random.between(std::int64_t{1} << (bits - 1), (std::int64_t{1} << bits) - 1);
  const int k = static_cast<int>(random.between(-5, 0));
  const double sign = random.one_in(2) ? -1 : 1;
  c.x = {0.5, 0.5};
  c.dy = {sign * std::ldexp(static_cast<double>(m), k + 3), -sign * std::ldexp(1.0, k + 2)};
  if (random.one_in(2)) std::swap(c.dy[0], c.dy[1]);
}

bool admits(const Case& c) { return is_ordinary(c) && c.x == std::vector<double>{0.5, 0.5} && c.dy[0] != c.dy[1]; }

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Format arithmetic = arithmetic_of(subject.claim, c.format);
  const double half_sum = (c.dy[0] + c.dy[1]) / 2, half_difference = (c.dy[0] - c.dy[1]) / 2;
  const auto is_held = [arithmetic](double value) {
    return value == 0 || (is_representable(arithmetic, value) && std::fabs(value) >= smallest_normal(arithmetic));
  };
  const std::array steps{c.dy[0], c.dy[1], c.dy[0] / 2, c.dy[1] / 2, half_sum, half_difference, half_difference / 2};
  // Doubles may have rounded, too: then adding what was taken away does not lead back.
  const bool is_exact = std::all_of(steps.begin(), steps.end(), is_held) && half_sum + half_difference == c.dy[0] &&
                        half_sum - half_difference == c.dy[1] && std::fabs(half_difference) >= smallest_normal(c.format) * 4;
  if (!is_exact) return compare_with_truth(subject, c, oracle, resolution);
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c) + ", all exact");
  const double want = round_to(c.format, half_difference / 2);
  consider_exact(worst, y, std::array{want, -want}, c.format);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property rounds_ties_to_even{
    .name = "rounds_ties_to_even",
    .statement = "y = (1/2, 1/2), all steps exact: the gradient is RN((g_0 - g_1)/4), ties to even",
    .source = "properties/README.md#ties",
    .needs = "y = (1/2, 1/2) and two different gradients",
    .means = "Results are not rounded to the nearest value, ties to even, when they are stored: a bias of up to half a unit in "
             "the last place that adds up over many gradients.",
    .least_cases = 20,
    .operations = {Operation::softmax_backward_from_output},
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
