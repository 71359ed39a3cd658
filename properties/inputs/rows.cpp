#include "properties/inputs/rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double finite_in(Format format, double value) {
  const double largest = largest_finite(format);
  return round_to(format, std::clamp(value, -largest, largest));
}

// The distance below the maximum at which exp(x - m) becomes subnormal in the arithmetic, and at which it vanishes.
struct UnderflowRange {
  double subnormal, zero;
};
UnderflowRange underflow_range(Format format) {
  const Format arithmetic = format == Format::f64 ? Format::f64 : Format::f32;
  return {-std::log(smallest_normal(arithmetic)), -std::log(smallest_subnormal(arithmetic))};
}

double any_exponent(Format format, Random& random) {
  const FormatTraits& t = traits(format);
  const auto exponent = static_cast<int>(random.between(smallest_subnormal_exponent(format), t.largest_exponent));
  const double magnitude = std::ldexp(1 + random.unit(), exponent);
  return finite_in(format, random.one_in(2) ? -magnitude : magnitude);
}

// One element; `centre` and `width` belong to the row.
double element(Regime regime, Format format, double centre, double width, std::size_t index, std::size_t leader,
               Random& random) {
  switch (regime) {
    case Regime::moderate: return finite_in(format, random.normal());
    case Regime::spread:
    case Regime::offset: return finite_in(format, centre + width * random.normal());
    case Regime::grid: return finite_in(format, std::nearbyint(centre + 16 * width * random.normal()) / 16);
    case Regime::near_ties: {
      const std::int64_t order = order_of(format, finite_in(format, centre)) + random.between(-4, 4);
      return value_of_order(format, order);
    }
    case Regime::dominant: return finite_in(format, index == leader ? centre + width : centre + random.normal());
    case Regime::underflow: {
      const auto [subnormal, zero] = underflow_range(format);
      if (index == leader) return finite_in(format, centre);
      return finite_in(format, centre - (subnormal - 4 + (zero - subnormal + 8) * random.unit()));
    }
    case Regime::exponents: return any_exponent(format, random);
    case Regime::subnormal: {
      const std::int64_t most = order_of(format, smallest_normal(format));
      return value_of_order(format, random.between(-most, most));
    }
    case Regime::constant: return finite_in(format, centre);
  }
  return 0;
}

} // namespace

std::optional<Regime> regime_named(std::string_view name) {
  for (std::size_t i = 0; i < regime_names.size(); ++i)
    if (regime_names[i] == name) return static_cast<Regime>(i);
  return std::nullopt;
}

std::vector<double> row_of(const Structure& structure, Format format) {
  Random random(structure.seed);
  double width = std::ldexp(1.0, static_cast<int>(random.between(-4, 5)));
  double centre = random.one_in(3) ? 0 : width * random.normal();
  if (structure.regime == Regime::offset) {
    centre = std::pow(10.0, static_cast<double>(random.between(2, 4))) * (random.one_in(2) ? -1 : 1);
    width = 1;
  }
  if (structure.regime == Regime::dominant) width = underflow_range(format).subnormal * random.unit();
  if (structure.regime == Regime::near_ties || structure.regime == Regime::constant)
    centre = random.one_in(4) ? any_exponent(format, random) : 100 * random.normal();
  const std::size_t leader = random.below(structure.length);

  std::vector<double> x(structure.length);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = element(structure.regime, format, centre, width, i, leader, random);
  if (structure.steps) {
    // By 2^-12 to 128, at a multiple of a power of two or anywhere.
    const std::size_t unit = std::size_t{1} << random.below(11);
    const std::size_t from =
        random.one_in(2) || unit >= x.size() ? random.below(x.size()) : unit * random.below(x.size() / unit);
    const double step = (random.one_in(2) ? -1 : 1) * std::ldexp(1 + random.unit(), static_cast<int>(random.between(-12, 6)));
    for (std::size_t i = from; i < x.size(); ++i) x[i] = finite_in(format, x[i] + step);
  }
  if (structure.ties)
    for (double& value : x)
      if (random.one_in(3)) value = x[random.below(x.size())];
  if (structure.masks && random.one_in(2)) {
    // Padding and causal masks are runs, at the beginning or at the end.
    const std::size_t first = random.one_in(2) ? random.below(x.size()) : 0;
    const std::size_t last = first == 0 || random.one_in(2) ? first + random.below(x.size() - first) : x.size() - 1;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (i < first || i > last) x[i] = -infinity;
  } else if (structure.masks) {
    const std::size_t kept = random.below(x.size());
    const std::size_t odds = 1 + random.below(4);
    for (std::size_t i = 0; i < x.size(); ++i)
      if (i != kept && random.one_in(1 + odds)) x[i] = -infinity;
  }
  return x;
}

std::vector<double> gradient_of(Random& random, Format format, std::size_t n) {
  std::vector<double> g(n, 0.0);
  const double width = std::ldexp(1.0, static_cast<int>(random.between(-4, 4)));
  const double centre = random.one_in(2) ? 0 : 8 * width * random.normal();
  const std::size_t kind = random.below(8);
  for (double& value : g) switch (kind) {
      case 0: break; // zero, but for one below
      case 1: value = round_to(format, centre); break;
      case 2: value = value_of_order(format, order_of(format, round_to(format, centre)) + random.between(-3, 3)); break;
      case 3: {
        const int highest = std::min(traits(format).largest_exponent / 2, 60);
        value = round_to(format, (random.one_in(2) ? -1 : 1) *
                                     std::ldexp(1 + random.unit(), static_cast<int>(random.between(-highest, highest / 2))));
        break;
      }
      default: value = round_to(format, centre + width * random.normal());
    }
  if (kind == 0 && !random.one_in(4)) g[random.below(n)] = random.one_in(2) ? 1 : -width;
  return g;
}

std::vector<double> output_of(const std::vector<double>& logits, Format format) {
  double largest = -infinity, sum = 0;
  for (const double value : logits) largest = std::max(largest, value);
  std::vector<double> y;
  for (const double value : logits) sum += y.emplace_back(std::exp(value - largest));
  for (double& value : y) value = round_to(format, value / sum);
  return y;
}

std::size_t interesting_length(std::uint64_t choice) {
  constexpr std::size_t widths[] = {4, 8, 16, 32, 64};
  constexpr std::size_t longer[] = {100, 127, 128, 129, 200, 255, 257};
  const std::size_t pick = choice % 64;
  choice /= 64;
  if (pick < 26) return 1 + choice % 5;
  if (pick < 42) return 1 + choice % 70;
  if (pick < 60) return widths[choice % 5] - 1 + (choice / 5) % 3;
  return longer[choice % 7];
}

} // namespace softmax_audit
