#include "scripts/tests/oracle_problems.hpp"

#include "properties/inputs/rows.hpp"
#include "properties/inputs/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// log 1 to log 12: rows of which the exponentials sum to about 1.
constexpr double logarithms[] = {0,
                                 0.6931471805599453,
                                 1.0986122886681098,
                                 1.3862943611198906,
                                 1.6094379124341003,
                                 1.791759469228055,
                                 1.9459101490553132,
                                 2.0794415416798357,
                                 2.1972245773362196,
                                 2.302585092994046,
                                 2.3978952727983707,
                                 2.4849066497880004};

} // namespace

double finite_in(Format format, double value) {
  const double largest = largest_finite(format);
  return round_to(format, std::clamp(value, -largest, largest));
}
double with_any_sign(double value, Random& random) { return random.one_in(2) ? -value : value; }

// Of any exponent, the subnormals' included.
double any_value(Format format, Random& random) {
  const auto exponent = static_cast<int>(random.between(smallest_subnormal_exponent(format), traits(format).largest_exponent));
  return with_any_sign(finite_in(format, std::ldexp(1 + random.unit(), exponent)), random);
}
double power_of_two(Format format, int least, int most, Random& random) {
  const auto exponent = static_cast<int>(random.between(least, most));
  return with_any_sign(finite_in(format, std::ldexp(1.0, exponent)), random);
}
// One bit at the top and one in a place where the format ends: halfway between two results after a division by 2 or 4.
double almost_a_tie(Format format, Random& random) {
  const int precision = traits(format).precision;
  return finite_in(format, 1 + std::ldexp(1.0, -static_cast<int>(random.between(precision - 3, precision - 1))));
}

// Small integers and equal values cancel exactly.
std::vector<double> upstream_gradient(Format format, std::size_t cols, Random& random) {
  std::vector<double> dy(cols);
  const std::size_t kind = random.below(7);
  const double common = random.one_in(2) ? random.normal() : any_value(format, random);
  const int exponent = static_cast<int>(random.between(-6, 6));
  for (double& g : dy) {
    switch (kind) {
      case 0: g = static_cast<double>(random.between(-2, 2)); break;
      case 1: g = static_cast<double>(random.between(-9, 9)); break;
      case 2: g = finite_in(format, common); break;
      case 3: g = any_value(format, random); break;
      case 4: g = finite_in(format, std::ldexp(random.normal(), exponent)); break;
      case 5: g = with_any_sign(almost_a_tie(format, random), random); break;
      default: g = random.one_in(2) ? 0 : power_of_two(format, -traits(format).precision - 1, 2, random); break;
    }
  }
  return dy;
}

// What a forward pass may have left, plausible or not.
std::vector<double> forward_results(Format format, std::size_t cols, Random& random) {
  std::vector<double> y(cols);
  const std::size_t kind = random.below(6);
  if (kind < 2) {
    // Rounded probabilities, even or far apart.
    double sum = 0;
    for (double& value : y) {
      value = std::ldexp(1 + random.unit(), kind == 0 ? 0 : -static_cast<int>(random.below(40)));
      sum += value;
    }
    for (double& value : y) value = round_to(format, value / sum);
    return y;
  }
  for (double& value : y) {
    switch (kind) {
      case 2: value = any_value(format, random); break;
      case 3: value = static_cast<double>(random.between(-5, 5)); break;
      case 4: value = power_of_two(format, -traits(format).precision, 1, random); break;
      default: value = almost_a_tie(format, random); break;
    }
  }
  return y;
}

std::vector<double> logits(Operation operation, Format format, std::size_t cols, Random& random) {
  if (cols > 0 && cols <= std::size(logarithms) && random.one_in(12)) {
    // sum e^x near 1: log-sum-exp cancels.
    std::vector<double> x(cols, finite_in(format, -logarithms[cols - 1]));
    if (random.one_in(2))
      for (double& value : x) value = value_of_order(format, order_of(format, value) + random.between(-2, 2));
    return x;
  }
  if (operation == Operation::sigmoid && random.one_in(4)) {
    std::vector<double> x(cols);
    for (double& value : x) value = any_value(format, random);
    return x;
  }
  Structure structure;
  structure.length = cols;
  structure.regime = static_cast<Regime>(random.below(regime_names.size()));
  structure.ties = random.one_in(3);
  structure.masks = random.one_in(4);
  structure.seed = random.bits();
  return row_of(structure, format);
}

namespace {

// NaN, infinities and emptiness, in any place.
void make_special(OracleProblem& made, Random& random) {
  constexpr double kinds[] = {nan, infinity, -infinity};
  const bool empty = made.x.empty();
  const std::size_t place = empty ? 0 : random.below(made.x.size());
  switch (random.below(8)) {
    case 0:
      if (!empty) made.x[place] = nan;
      break;
    case 1:
      if (!empty) made.x[place] = infinity;
      break;
    case 2: std::fill(made.x.begin(), made.x.end(), -infinity); break;
    case 3:
      if (made.operation == Operation::cross_entropy) break; // its target would lie outside
      made.x.clear();
      made.dy.clear();
      break;
    case 4:
      if (!made.dy.empty()) made.dy[place] = kinds[random.below(3)];
      break;
    case 5:
      if (made.operation != Operation::softmax_backward_from_output) made.scale = kinds[random.below(3)];
      break;
    case 6:
      if (made.operation != Operation::softmax_backward_from_output) made.scale = 0;
      break;
    default:
      for (double& value : made.x)
        if (random.one_in(2)) value = kinds[random.below(3)];
      break;
  }
}

OracleProblem random_problem(std::uint64_t seed, std::uint64_t k) {
  Random seeds(seed);
  Random random(seeds.bits() ^ (k * 0xd1b54a32d192ed03u));
  random.bits();
  OracleProblem made;
  made.operation = static_cast<Operation>(k % operation_names.size());
  made.format = formats[k / operation_names.size() % formats.size()];
  const std::uint64_t round = k / (operation_names.size() * formats.size());
  made.resolution = round % 64 == 63 ? 44 : round % 16 == 7 ? 24 : 8;
  const Format format = made.format;
  const std::size_t cols = random.one_in(150) ? 100 : 1 + random.below(12);
  if (made.operation == Operation::softmax_backward_from_output) {
    made.x = forward_results(format, cols, random);
  } else {
    made.x = logits(made.operation, format, cols, random);
    const FormatTraits& t = traits(format);
    if (random.one_in(3)) // the exact product may be far outside the format
      made.scale = round_to(
          format, std::ldexp(1 + random.unit(), static_cast<int>(random.between(t.smallest_exponent, t.largest_exponent - 1))));
    else if (random.one_in(5))
      made.scale = round_to(format, std::ldexp(1 + random.unit(), static_cast<int>(random.between(-6, 5))));
    if (random.one_in(12)) { // masks stay masks
      made.scale = -made.scale;
      for (double& value : made.x) value = -value;
    }
  }
  if (takes_upstream_gradient(made.operation)) made.dy = upstream_gradient(format, cols, random);
  if (made.operation == Operation::cross_entropy) {
    auto target = static_cast<std::int64_t>(random.below(cols));
    for (std::size_t i = 0; i < cols && random.one_in(2); ++i) // masks are found more often
      if (!std::isfinite(made.x[i])) target = static_cast<std::int64_t>(i);
    made.target = {target};
  }
  if (random.one_in(20)) make_special(made, random);
  return made;
}

class Traps {
public:
  std::vector<OracleProblem> all;

  void add(Operation operation, Format format, std::vector<double> x, double scale = 1, std::vector<double> dy = {}) {
    for (const int resolution : {8, 44}) {
      all.push_back({operation, format, resolution, scale, x, dy, {}});
      if (operation == Operation::cross_entropy) all.back().target = {static_cast<std::int64_t>(all.size() % x.size())};
    }
  }
  // All operations that start from x alone.
  void add_forward(Format format, const std::vector<double>& x, double scale = 1) {
    for (const Operation operation :
         {Operation::softmax, Operation::log_softmax, Operation::log_sum_exp, Operation::cross_entropy, Operation::sigmoid})
      add(operation, format, x, scale);
  }
  void add_backward(Format format, const std::vector<double>& x, const std::vector<double>& dy, double scale = 1) {
    add(Operation::softmax_backward, format, x, scale, dy);
  }
  void add_from_output(Format format, const std::vector<double>& y, const std::vector<double>& dy) {
    add(Operation::softmax_backward_from_output, format, y, 1, dy);
  }
};

// (2 - 2^-precision) 2^largest_exponent, where overflow begins, as a product of two values of the format.
struct Product {
  double x, scale;
};
Product overflow_threshold(Format format) {
  switch (format) {
    case Format::f16: return {0x1p4 * 63, 65};
    case Format::bf16: return {7, 0x1p119 * 73};
    case Format::f32: return {31 * 601, 0x1p103 * 1801};
    case Format::f64: return {0x1p27 - 1, 0x1p970 * (0x1p27 + 1)};
  }
  return {};
}

std::vector<OracleProblem> traps_made_by_hand() {
  Traps traps;
  for (const Format format : formats) {
    const FormatTraits& t = traits(format);
    const double largest = largest_finite(format), smallest = smallest_subnormal(format);
    const double far = format == Format::f16 ? largest : 0x1p15; // beyond every threshold of underflow
    const double limit = std::ldexp(1.0, t.precision);           // 1 more is a tie
    const double epsilon = 2 * unit_roundoff(format);

    // A rational but for e^-something: ties, powers of two, a tail that is a tie itself.
    traps.add_forward(format, {1, -limit});
    traps.add_forward(format, {1, -limit, -limit});
    traps.add_forward(format, {1, 1, -limit});
    traps.add_forward(format, {std::ldexp(1.0, -8), -limit});
    // The same with the nearest in the binade above.
    traps.add_forward(format, {-131.0 / 512, -limit});
    if (format != Format::f16) traps.add_forward(format, {-0x1.86p-45, 0});
    traps.add_forward(format, {0, -1000});
    traps.add_forward(format, {0, 0, -1000});
    traps.add_forward(format, {0, 0, 0, -1000, -infinity});
    traps.add_forward(format, {1, -1000});
    traps.add_forward(format, {-1, -1000});
    traps.add_forward(format, {1 + epsilon, -far}, 0.5);
    traps.add_forward(format, {0, -far});
    traps.add_forward(format, {0, -largest});
    traps.add_forward(format, {-largest, largest});
    traps.add_forward(format, {-largest, largest}, largest);
    traps.add_forward(format, {largest, largest, largest});
    traps.add_forward(format, {0, -smallest, -2 * smallest});
    // Exact, whatever the row is.
    traps.add_forward(format, {1});
    traps.add_forward(format, {-infinity, largest, -infinity});
    traps.add_forward(format, {largest}, 2);
    traps.add_forward(format, {-largest}, largest);
    traps.add_forward(format, {1 + epsilon}, 1 + epsilon);
    traps.add_forward(format, {smallest}, 0.5);
    traps.add_forward(format, {3 * smallest}, 0.5);
    traps.add_forward(format, {smallest}, smallest);
    traps.add_forward(format, {0, 0, 0, 0}, -1);
    traps.add_forward(format, {3, 3, 3});
    traps.add_forward(format, {0, -0.0}, -0.0);
    // Half the smallest subnormal, and a little more; around 0.
    traps.add_forward(format, {smallest, -2000}, 0.5);
    traps.add_forward(format, {-smallest, -2000}, 0.5);
    traps.add_forward(format, {0, -2000}, 0.5);
    // Where overflow begins, from both sides.
    const auto [x, scale] = overflow_threshold(format);
    for (const double sign : {1.0, -1.0}) {
      traps.add_forward(format, {sign * x}, scale);
      traps.add_forward(format, {x}, sign * scale);
      traps.add_forward(format, {sign * x, -2 * x}, scale);
      traps.add_forward(format, {0, sign * x}, scale);
      traps.add_forward(format, {sign * x, value_of_order(format, order_of(format, sign * x) + 1)}, scale);
    }
    // Near-constant rows, which lie close to rationals of small denominators.
    traps.add_forward(format, {epsilon, 0});
    traps.add_forward(format, {-epsilon, 0});
    traps.add_forward(format, {epsilon, 0}, epsilon);
    traps.add_forward(format, {epsilon, 0, 0}, 0.5);
    traps.add_forward(format, {smallest, 0}, smallest_normal(format));
    traps.add_forward(format, {-smallest, 0, smallest, 0}, smallest_normal(format));
    traps.add_forward(format, {1, value_of_order(format, order_of(format, 1) + 1)}, largest);

    // Gradients that vanish exactly, or but for e^-something.
    traps.add_backward(format, {0}, {largest});
    traps.add_backward(format, {0, -1000}, {1, 1});
    traps.add_backward(format, {0, -1000}, {1, -1});
    traps.add_backward(format, {0, -far}, {largest, -largest});
    traps.add_backward(format, {0, 0, -1000}, {1, -1, -1});
    traps.add_backward(format, {0, 0, -far}, {1, -1, -1});
    traps.add_backward(format, {0, 0, -500, -1000}, {1, -1, -1, -1.5}); // the second order cancels as well
    traps.add_backward(format, {0, 0, -500, -500, -1000}, {1, -1, -1, -1, -3});
    traps.add_backward(format, {0, 0, -1000}, {1, 1, -1});
    traps.add_backward(format, {0, -1, -far}, {1, 1, 2}, far); // e^-2^30 is all that is left
    traps.add_backward(format, {0, 0, -1000}, {1 + epsilon, -1, -1});
    traps.add_backward(format, {1, 1, 0, 0}, {2, 0, 1, 1});
    traps.add_backward(format, {1, 1, 0, 0}, {1, -1, 1, -1});
    traps.add_backward(format, {2, 1, 0}, {3, 3, 3});
    traps.add_backward(format, {1, 1, 1}, {1, 0, -1});
    traps.add_backward(format, {1, 1, 1, -infinity}, {1, 2, 4, largest});
    traps.add_backward(format, {1, 1}, {1, -epsilon / 2});
    traps.add_backward(format, {1, 1, 1, 1}, {1, -epsilon / 2, -epsilon / 4, 0});
    traps.add_backward(format, {0, 0, -far}, {1, -epsilon / 2, -epsilon / 4});
    traps.add_backward(format, {0, 0}, {largest, -largest});
    traps.add_backward(format, {0, 0}, {smallest, 0});
    traps.add_backward(format, {0, 0, 0}, {smallest, 0, 0});
    traps.add_backward(format, {0, 0, -1000}, {2 * smallest, 0, 0});
    traps.add_backward(format, {0, 0, -1000}, {2 * smallest, 0, smallest});
    traps.add_backward(format, {0, -1, -2}, {largest, -largest, largest});
    traps.add_backward(format, {1, 0}, {1, -epsilon / 2}, smallest);
    traps.add_backward(format, {epsilon, 0}, {1, -epsilon / 2});
    traps.add_backward(format, {smallest, 0}, {1, -epsilon / 2}, smallest_normal(format));
    traps.add_backward(format, {smallest, 0, -far}, {1, -epsilon / 2, 0}, smallest_normal(format));

    traps.add_from_output(format, {0.5, 0.5}, {1 + epsilon, 0});
    traps.add_from_output(format, {0.5, 0.5}, {1, -epsilon / 2});
    traps.add_from_output(format, {1, 0}, {1, 2});
    traps.add_from_output(format, {1 + epsilon}, {1 + epsilon});
    traps.add_from_output(format, {largest, -largest}, {largest, -largest});
    traps.add_from_output(format, {smallest, smallest}, {smallest, -smallest});
    traps.add_from_output(format, {1, smallest}, {0.5, smallest});
    traps.add_from_output(format, {2, 1}, {largest, -largest});
    for (const double sign : {1.0, -1.0}) traps.add_from_output(format, {sign, x}, {scale, 0});
    traps.add_from_output(format, {0, -0.0}, {-1, 1});
  }
  return traps.all;
}

} // namespace

const std::vector<OracleProblem>& trap_problems() {
  static const std::vector<OracleProblem> traps = traps_made_by_hand();
  return traps;
}

OracleProblem oracle_problem(std::uint64_t seed, std::uint64_t k) {
  const std::vector<OracleProblem>& traps = trap_problems();
  return k < traps.size() ? traps[k] : random_problem(seed, k - traps.size());
}

std::string text_of(const OracleProblem& problem) {
  std::string text = fmt::format("{} {} {} {} {} {}", name(problem.operation), name(problem.format), problem.resolution,
                                 hexfloat(problem.scale), problem.target.empty() ? 0 : problem.target[0], problem.x.size());
  for (const auto* values : {&problem.x, &problem.dy})
    for (const double value : *values) (text += ' ') += hexfloat(value);
  return text;
}

} // namespace softmax_audit
