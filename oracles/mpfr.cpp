// The reference oracle: softmax(scale * x) on Boost.Multiprecision over MPFR.
//
// A row is enclosed at a fixed precision; what that precision does not decide is enclosed again at the next one. Three kinds
// of element are decided by argument, because no precision would end: see "Exact cases and signs" in oracles/README.md, where
// the radius is proved as well ("Radius").
#include "oracles/oracle.hpp"
#include "oracles/registry.hpp"
#include "oracles/ulp.hpp"

#include <boost/multiprecision/gmp.hpp>
#include <boost/multiprecision/mpfr.hpp>
#include <boost/version.hpp>

#include <bit>
#include <cmath>
#include <optional>

namespace softmax_audit {
namespace {

namespace mp = boost::multiprecision;

// Decimal digits of each step. The first decides all but about one element in 2^100; the last resolves 2^-14000, far beyond the
// square of the smallest difference of scaled binary64 logits (2^-4296). What may come closer: oracles/README.md.
constexpr unsigned first_digits = 50;
constexpr unsigned last_digits = 4300;
// The first step's numbers live on the stack: a row costs no allocation per element.
template <unsigned Digits>
using Real =
    mp::number<mp::mpfr_float_backend<Digits, Digits <= first_digits ? mp::allocate_stack : mp::allocate_dynamic>, mp::et_off>;

// Logits further than this below the maximum count as "some number in (0, 2^-1400000]": e^-2^20 < 2^-1500000. It keeps MPFR's
// arguments small and clear of its own exponent range, whatever the logits' magnitude.
constexpr double far_below = 0x1p20;
constexpr long far_below_exponent = -1400000;
// The radius and 1/k in integers are proved up to here.
constexpr std::size_t longest_row = std::size_t{1} << 24;

// The truth lies in [mid - rad, mid + rad]. rad is a double because it needs no more than its order of magnitude.
template <unsigned Digits> struct Enclosure {
  Real<Digits> mid;
  Real<Digits> rad;
};

// What can be read off the logits without computing: where the mass is.
struct RowShape {
  std::size_t argmax = 0;
  std::size_t finite = 0; // elements with mass
  std::size_t ties = 0;   // elements whose scale * x equals the largest
};

bool equals_largest(double x, double largest, double scale) { return x == largest || (scale == 0 && std::isfinite(x)); }

RowShape shape_of(std::span<const double> x, double scale) {
  RowShape shape;
  bool found = false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i]) || std::isnan(scale) || std::isinf(scale) || (std::isinf(x[i]) && (x[i] > 0) == (scale > 0)) ||
        (std::isinf(x[i]) && scale == 0))
      throw std::invalid_argument("the oracle was asked for a row in which some scale * x is NaN or +inf");
    if (!std::isfinite(x[i])) continue;
    ++shape.finite;
    if (!found || (scale < 0 ? x[i] < x[shape.argmax] : x[i] > x[shape.argmax])) shape.argmax = i;
    found = true;
  }
  if (!found) throw std::invalid_argument("the oracle was asked for a row without a finite logit");
  for (const double value : x) shape.ties += equals_largest(value, x[shape.argmax], scale);
  return shape;
}

template <unsigned Digits> std::vector<Enclosure<Digits>> enclose(std::span<const double> x, double scale) {
  using R = Real<Digits>;
  const RowShape shape = shape_of(x, scale);
  const double largest = x[shape.argmax];
  std::vector<Enclosure<Digits>> row(x.size());
  std::vector<double> distance(x.size(), 0.0);
  const R exact_largest = largest, exact_scale = scale;
  const R lost = mp::ldexp(R(1), far_below_exponent);
  R sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    R& numerator = row[i].mid;
    if (!std::isfinite(x[i])) {
      numerator = 0;
    } else if (equals_largest(x[i], largest, scale)) {
      numerator = 1;
    } else {
      R d = R(x[i]) - exact_largest;
      if (scale != 1) d *= exact_scale;
      distance[i] = -d.template convert_to<double>();
      if (distance[i] > far_below) {
        numerator = 0;
        continue;
      }
      numerator = mp::exp(d);
    }
    sum += numerator;
  }
  const double precision = static_cast<double>(mpfr_get_prec(sum.backend().data()));
  const R unit = mp::ldexp(R(1), -static_cast<int>(precision));
  const double n = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    Enclosure<Digits>& p = row[i];
    p.mid /= sum;
    if (!std::isfinite(x[i])) continue;
    if (distance[i] > far_below) {
      // p lies in (0, lost]; lost / 2 as the middle keeps it there.
      p.mid = mp::ldexp(lost, -1);
      p.rad = p.mid;
      continue;
    }
    p.rad = p.mid * unit * (4 * distance[i] + 4 * n + 16) + lost * n;
  }
  return row;
}

// The exponent e with 2^e <= v < 2^(e+1), for v > 0.
template <class R> long binade(const R& v) { return static_cast<long>(mpfr_get_exp(v.backend().data())) - 1; }

// What v > 0 rounds to. nearest and ulp_exponent are monotone in v, and so is tail where they are constant: equal fields at both
// ends of an enclosure hold for all between.
template <class R> Truth rounded(Format format, const R& v, int resolution) {
  Truth truth{};
  truth.ulp_exponent = ulp_exponent_in_binade(format, binade(v));
  const R in_ulp = mp::ldexp(v, -truth.ulp_exponent);
  R whole;
  mpfr_rint(whole.backend().data(), in_ulp.backend().data(), MPFR_RNDN);
  const R scaled_tail = mp::ldexp(R(in_ulp - whole), resolution);
  R whole_tail;
  mpfr_rint(whole_tail.backend().data(), scaled_tail.backend().data(), MPFR_RNDN);
  truth.nearest = std::ldexp(whole.template convert_to<double>(), truth.ulp_exponent);
  truth.tail = std::ldexp(whole_tail.template convert_to<double>(), -resolution) + 0.0; // + 0.0: no negative zero
  truth.exact = false;
  truth.approximate = v.template convert_to<double>();
  return truth;
}

bool same_decision(const Truth& a, const Truth& b) {
  return a.nearest == b.nearest && a.ulp_exponent == b.ulp_exponent && a.tail == b.tail;
}

// 1/k in integers: k <= 2^26, and 2^-ulp_exponent / k fits 128 bits because ulp(1/k) >= 2^(-26 - 53).
Truth reciprocal(Format format, std::size_t k, int resolution) {
  __extension__ using Wide = unsigned __int128;
  const int binade_of_reciprocal = -static_cast<int>(std::bit_width(k - 1)); // 2^b <= 1/k < 2^(b+1)
  Truth truth{};
  truth.ulp_exponent = ulp_exponent_in_binade(format, binade_of_reciprocal);
  const Wide numerator = Wide{1} << -truth.ulp_exponent;
  Wide whole = numerator / k;
  Wide rest = numerator % k;
  const bool up = 2 * rest > k || (2 * rest == k && whole % 2 == 1);
  truth.exact = rest == 0;
  truth.nearest = std::ldexp(static_cast<double>(static_cast<std::uint64_t>(whole) + (up ? 1 : 0)), truth.ulp_exponent);
  // The residual is rest/k, or (rest - k)/k after rounding up; its size is rounded, ties to even, then signed.
  const Wide residual = (up ? k - rest : rest) << resolution;
  Wide steps = residual / k;
  const Wide left = residual % k;
  if (2 * left > k || (2 * left == k && steps % 2 == 1)) ++steps;
  truth.tail = std::ldexp(static_cast<double>(static_cast<std::uint64_t>(steps)), -resolution) * (up ? -1 : 1) + 0.0;
  truth.approximate = 1.0 / static_cast<double>(k);
  return truth;
}

constexpr Truth exactly_zero(Format format) { return {0, smallest_subnormal_exponent(format), 0, true, 0}; }

// p = 1/(k + R) with R > 0 tiny: p is below 1/k by less than anything representable. Only for k a power of two does that
// matter, and then by its sign alone: p rounds to 1/k with residual 0-, in the binade below.
Truth just_below_reciprocal(Format format, std::size_t k) {
  const int binade_below = -static_cast<int>(std::bit_width(k - 1)) - 1;
  const double value = 1.0 / static_cast<double>(k);
  return {value, ulp_exponent_in_binade(format, binade_below), 0, false, value};
}

template <unsigned Digits>
std::optional<Truth> decide(Format format, const Enclosure<Digits>& p, bool largest, const RowShape& shape, int resolution) {
  using R = Real<Digits>;
  const R upper = p.mid + p.rad;
  const R lower = p.mid - p.rad;
  // Below a quarter of the tail's resolution under the smallest subnormal, only the sign is left, and it is positive.
  if (binade(upper) < smallest_subnormal_exponent(format) - resolution - 4)
    return Truth{0, smallest_subnormal_exponent(format), 0, false, p.mid.template convert_to<double>()};
  if (lower <= 0) return std::nullopt;
  if (largest && std::has_single_bit(shape.ties)) {
    const R reciprocal_of_ties = R(1) / R(static_cast<unsigned long>(shape.ties));
    const R below = reciprocal_of_ties * (1 - mp::ldexp(R(1), -(traits(format).precision + resolution + 4)));
    if (lower >= below) return just_below_reciprocal(format, shape.ties);
  }
  const Truth low = rounded(format, lower, resolution);
  if (!same_decision(low, rounded(format, upper, resolution))) return std::nullopt;
  Truth truth = low;
  truth.approximate = p.mid.template convert_to<double>();
  return truth;
}

// Decides what is still open in `row`; true when nothing is.
template <unsigned Digits>
bool decide_row(const Problem& problem, std::span<const double> x, int resolution, std::span<std::optional<Truth>> row) {
  const RowShape shape = shape_of(x, problem.scale);
  const auto enclosures = enclose<Digits>(x, problem.scale);
  bool all = true;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (row[i]) continue;
    row[i] = decide(problem.format, enclosures[i], equals_largest(x[i], x[shape.argmax], problem.scale), shape, resolution);
    all = all && row[i].has_value();
  }
  return all;
}

void truths_of_row(const Problem& problem, std::span<const double> x, int resolution, std::vector<Truth>& into) {
  if (x.size() > longest_row)
    throw std::invalid_argument("the oracle was asked for a row of " + std::to_string(x.size()) +
                                "; its proof ends at 16777216");
  const RowShape shape = shape_of(x, problem.scale);
  std::vector<std::optional<Truth>> row(x.size());
  bool open = false;
  const bool uniform = shape.ties == shape.finite;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i]))
      row[i] = exactly_zero(problem.format);
    else if (uniform)
      row[i] = reciprocal(problem.format, shape.ties, resolution);
    else
      open = true;
  }
  if (open && !decide_row<first_digits>(problem, x, resolution, row) && !decide_row<150>(problem, x, resolution, row) &&
      !decide_row<500>(problem, x, resolution, row) && !decide_row<1500>(problem, x, resolution, row) &&
      !decide_row<last_digits>(problem, x, resolution, row))
    throw Undecided("mpfr: an element of a row of " + std::to_string(x.size()) + " is not decided at " +
                    std::to_string(last_digits) + " digits");
  for (const auto& truth : row) into.push_back(*truth);
}

std::vector<Truth> truths(const Problem& problem, int resolution) {
  std::vector<Truth> all;
  all.reserve(problem.rows * problem.cols);
  for (std::size_t r = 0; r < problem.rows; ++r)
    truths_of_row(problem, problem.x.subspan(r * problem.cols, problem.cols), resolution, all);
  return all;
}

// Digits by way of log10 p = (d_i - log s) / log 10, so that p = e^-1e300 has its digits too: the decimal exponent takes up to 617 of
// 700 digits, and 80 are left.
std::vector<std::string> decimals(const Problem& problem, int digits) {
  using R = Real<700>;
  std::vector<std::string> all;
  for (std::size_t r = 0; r < problem.rows; ++r) {
    const auto x = problem.x.subspan(r * problem.cols, problem.cols);
    const RowShape shape = shape_of(x, problem.scale);
    const auto exact_distance = [&](double value) -> R { return (R(value) - R(x[shape.argmax])) * R(problem.scale); };
    R sum = 0;
    for (const double value : x)
      if (std::isfinite(value) && exact_distance(value) > -far_below) sum += mp::exp(exact_distance(value));
    for (const double value : x) {
      if (!std::isfinite(value)) {
        all.emplace_back("0");
        continue;
      }
      const R decimal_logarithm = (exact_distance(value) - mp::log(sum)) / mp::log(R(10));
      const R floor = mp::floor(decimal_logarithm);
      const std::string mantissa = R(mp::pow(R(10), R(decimal_logarithm - floor))).str(digits - 1, std::ios_base::scientific);
      // 9.99...9 may have been rounded to 1.00...0e+01: that carries into the exponent.
      const std::size_t e = mantissa.find('e');
      const mp::mpz_int exponent = floor.template convert_to<mp::mpz_int>() + std::stoi(mantissa.substr(e + 1));
      std::string text = mantissa.substr(0, e);
      if (exponent != 0) text.append(1, 'e').append(exponent.str());
      all.push_back(std::move(text));
    }
  }
  return all;
}

std::string version() {
  return std::string("MPFR ") + mpfr_get_version() + ", GMP " + gmp_version + ", Boost " + BOOST_LIB_VERSION;
}

} // namespace

namespace oracles {
extern constinit const Oracle mpfr{"mpfr", "reference: Boost.Multiprecision over MPFR, 50 to 4300 digits", &version, &truths,
                                   &decimals};
} // namespace oracles

} // namespace softmax_audit
