// Law      y_i / y_k = exp(scale (x_i - x_k)): against the largest element, and of neighbours in the order of size.
// Source   properties/README.md, "Ratios": numerators share the sum, so A does not appear; an error of a few u in one exponential shows at
//          n = 10^6, where B1 allows thousands of them.
// Basis    theorem.
// Needs    two finite logits or more. One case of 1408, so that those of gate have each once, is a row of a width beside 2^13 to 2^19
//          instead: so long a recursive sum's bound excuses what one width alone gets wrong. One logit of a thousand is so much larger that
//          its share is a normal number of f16; in the other formats all are.
// Measure  |y_i p_k - y_k p_i| / (y_k p_i) in u, products exact in double-double; only where both results are normal numbers.
#include "properties/laws/row_facts.hpp"
#include "properties/laws/widths.hpp"

namespace softmax_audit {
namespace {

// Gate makes 20,000 cases: the fourteen widths once each, and no more, for they are half a million elements at their longest.
constexpr std::size_t rarely = 1408;
static_assert(20000 / rarely == widths_beside_powers);

void arrange(Case& c, Random& random, std::size_t index) {
  if (index % rarely != rarely - 1) return;
  c.scale = 1;
  c.x.resize(width_beside_a_power(index / rarely));
  for (double& value : c.x) value = round_to(c.format, 8 * random.unit() + (random.one_in(1000) ? 12 : -4));
}

bool admits(const Case& c) {
  return is_ordinary(c) && std::count_if(c.x.begin(), c.x.end(), [](double value) { return std::isfinite(value); }) >= 2;
}

// a b - c d for significands near 1, as high + low; what is lost is below 2^-100.
struct Twofold {
  double high, low;
};
Twofold product_difference(double a, double b, double c, double d) {
  const double left = a * b, right = c * d;
  const double left_low = std::fma(a, b, -left), right_low = std::fma(c, d, -right);
  return {left - right,
          left_low - right_low}; // left - right is exact: they are within a factor of two, or the law is long broken
}

// |(y_i / y_k) / (p_i / p_k) - 1| in u.
Measured deviation(double y_i, const Truth& p_i, double y_k, const Truth& p_k, Format format, int resolution) {
  // Significands, so that nothing underflows: y = s 2^e, p = (nearest + tail ulp) likewise.
  const int e_i = std::ilogb(p_i.nearest), e_k = std::ilogb(p_k.nearest);
  const double a = std::ldexp(y_i, -e_i), b = std::ldexp(p_k.nearest, -e_k);
  const double c = std::ldexp(y_k, -e_k), d = std::ldexp(p_i.nearest, -e_i);
  const double b_tail = std::ldexp(p_k.tail, p_k.ulp_exponent - e_k), d_tail = std::ldexp(p_i.tail, p_i.ulp_exponent - e_i);
  const Twofold difference = product_difference(a, b, c, d);
  const double numerator = difference.high + (difference.low + (a * b_tail - c * d_tail));
  const double unit = unit_roundoff(format);
  const double size = std::fabs(numerator) / (c * d) / unit;
  // The tails are known to half of 2^-resolution ulp, and an ulp is at most 2 u of either.
  const double unknown = std::ldexp(4.0, -resolution - 1) + size * 0x1p-48 + 0x1p-48 / unit * 0x1p-52;
  return {std::max(0.0, size - unknown), size + unknown};
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::vector<Truth> truth = truths(oracle, question_of(c), resolution);
  const SoftmaxBounds bounds = softmax_bounds_of(subject, c, truth);
  const std::vector<double> y = subject.run(question_of(c));
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  std::vector<std::size_t> descending;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isnan(y[i]))
      worst.consider_not_a_number(0, i, truth[i].nearest);
    else if (std::isfinite(c.x[i]))
      descending.push_back(i);
  }
  std::sort(descending.begin(), descending.end(),
            [&c](std::size_t a, std::size_t b) { return c.scale < 0 ? c.x[a] < c.x[b] : c.x[a] > c.x[b]; });
  // Underflow moves either result by `absolute` subnormals besides.
  const double normal = smallest_normal(c.format);
  const double absolute = std::ldexp(bounds.absolute, smallest_subnormal_exponent(c.format));
  const auto compare = [&](std::size_t i, std::size_t k) {
    if (!(std::fabs(truth[i].nearest) >= normal) || !(std::fabs(truth[k].nearest) >= normal)) return;
    if (std::isnan(y[i]) || std::isnan(y[k])) return;
    if (!(y[k] > 0) || !std::isfinite(y[k]) || !(y[i] > 0) || !std::isfinite(y[i])) {
      worst.consider(beyond_counting, 0, i, truth[i].nearest, y[i]); // not a share at all
      return;
    }
    const double underflow = absolute / truth[i].nearest + absolute / truth[k].nearest;
    const double allowed =
        std::expm1(bounds.h[i] + bounds.h[k] + bounds.quotient + 2 * underflow + 0x1p-9 * unit_roundoff(c.format));
    if (!(allowed < 1)) return;
    worst.consider(deviation(y[i], truth[i], y[k], truth[k], c.format, resolution), allowed / unit_roundoff(c.format), i,
                   truth[i].nearest, y[i]);
  };
  for (std::size_t k = 1; k < descending.size(); ++k) {
    compare(descending[k], descending[0]);
    compare(descending[k], descending[k - 1]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property keeps_ratios{
    .name = "keeps_ratios",
    .statement = "y_i / y_k = exp(scale (x_i - x_k)) within two exponentials and two divisions",
    .source = "properties/README.md#ratios",
    .needs = "two finite logits or more",
    .means = "The ratio of two probabilities is not what the difference of their logits says: odds, ranking margins and "
             "importance weights are off.",
    .unit = Unit::unit_roundoff,
    .least_cases = 20,
    .chooses_length = true,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
