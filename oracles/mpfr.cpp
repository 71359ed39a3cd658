// The reference oracle: the family of softmax on Boost.Multiprecision over MPFR.
//
// A result is enclosed at a fixed precision; what that precision does not decide is enclosed again at the next one. Exact
// cases, and results that lie beside a rational number by less than any precision would show, are decided by argument. The
// radii are proved in oracles/README.md ("Radius"), the arguments there under "Exact cases".
#include "oracles/oracle.hpp"
#include "oracles/rational_rounding.hpp"
#include "oracles/registry.hpp"
#include "oracles/special_values.hpp"
#include "oracles/ulp.hpp"

#include <boost/multiprecision/gmp.hpp>
#include <boost/multiprecision/mpfr.hpp>
#include <boost/version.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
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
// Remainders below this are not told apart: no boundary of any result is that close to a rational number without being it.
constexpr long smallest_remainder_exponent = -20000;

// The truth lies in [mid - rad, mid + rad].
template <unsigned Digits> struct Ball {
  Real<Digits> mid;
  Real<Digits> rad;
};

// What can be read off a row without computing: where the mass is.
struct Row {
  const Problem& problem;
  std::span<const double> x;
  double scale;
  std::size_t argmax = 0;
  std::size_t finite = 0; // elements with mass
  std::size_t ties = 0;   // elements whose scale * x equals the largest

  bool has_mass(std::size_t i) const { return std::isfinite(x[i]); }
  bool is_largest(std::size_t i) const { return has_mass(i) && (x[i] == x[argmax] || scale == 0); }
  bool is_uniform() const { return ties == finite; }
};

Row row_from(const Problem& problem) {
  Row row{problem, problem.x, problem.scale};
  bool found = false;
  for (std::size_t i = 0; i < row.x.size(); ++i) {
    if (!row.has_mass(i)) continue;
    ++row.finite;
    if (!found || (row.scale < 0 ? row.x[i] < row.x[row.argmax] : row.x[i] > row.x[row.argmax])) row.argmax = i;
    found = true;
  }
  for (std::size_t i = 0; i < row.x.size(); ++i) row.ties += row.is_largest(i);
  return row;
}

// The element that a result belongs to; log_sum_exp's is the largest.
std::size_t element_of_result(const Row& row, std::size_t result) {
  if (row.problem.operation == Operation::cross_entropy) return static_cast<std::size_t>(row.problem.target[0]);
  return row.problem.operation == Operation::log_sum_exp ? row.argmax : result;
}

// ---- Enclosing at one precision ------------------------------------------------------------------------------------

template <unsigned Digits> Real<Digits> distance_below_largest(const Row& row, std::size_t i) {
  using R = Real<Digits>;
  R d = R(row.x[row.argmax]) - R(row.x[i]);
  if (row.scale != 1) d *= R(row.scale);
  return d;
}
template <unsigned Digits> Real<Digits> centred_gradient(const Row& row, std::size_t i) {
  return Real<Digits>(row.problem.dy[i]) - Real<Digits>(row.problem.dy[row.argmax]);
}

// What a row's results share. Elements that are far below are left out of the sums.
template <unsigned Digits> struct Sums {
  using R = Real<Digits>;
  R others = 0;             // sum of e^d_j over j != argmax
  R sum = 0;                // the same over all j
  R logarithm = 0;          // of sum
  R gradient = 0;           // sum of e^d_j g'_j, g' = g - g_argmax
  R gradient_magnitude = 0; // the same of |g'_j|
  R largest_gradient = 0;   // the largest |g'_j|
  R unit = 0;               // roundoff of this precision
  R terms = 0;              // relative error of `others` and `sum`, in units
  R lost = 0;               // bounds what was left out of `others`
};

// numerators: one for each element, or empty to keep none.
template <unsigned Digits> Sums<Digits> sums_of(const Row& row, std::span<Real<Digits>> numerators) {
  using R = Real<Digits>;
  Sums<Digits> sums;
  const bool backward = row.problem.operation == Operation::softmax_backward;
  double largest_distance = 0;
  for (std::size_t i = 0; i < row.x.size(); ++i) {
    if (!row.has_mass(i)) continue;
    const R g = backward ? centred_gradient<Digits>(row, i) : R(0);
    if (backward && mp::abs(g) > sums.largest_gradient) sums.largest_gradient = mp::abs(g);
    R numerator = 1;
    if (!row.is_largest(i)) {
      const R d = distance_below_largest<Digits>(row, i);
      if (d > far_below) continue;
      largest_distance = std::max(largest_distance, d.template convert_to<double>());
      numerator = mp::exp(R(-d));
    }
    if (!numerators.empty()) numerators[i] = numerator;
    if (i == row.argmax) continue;
    sums.others += numerator;
    if (!backward) continue;
    const R product = numerator * g;
    sums.gradient += product;
    sums.gradient_magnitude += mp::abs(product);
  }
  sums.sum = sums.others + 1;
  sums.logarithm = mp::log1p(sums.others);
  sums.unit = mp::ldexp(R(1), -static_cast<int>(mpfr_get_prec(sums.sum.backend().data())));
  const double n = static_cast<double>(row.x.size());
  sums.terms = 3 * largest_distance + 2 * n + 16;
  sums.lost = mp::ldexp(R(n), far_below_exponent);
  return sums;
}

// The result of element i. numerator: e^d_i if it was kept, else null.
template <unsigned Digits>
Ball<Digits> enclose(const Row& row, const Sums<Digits>& sums, std::size_t i, const Real<Digits>* kept) {
  using R = Real<Digits>;
  const R d = row.is_largest(i) ? R(0) : distance_below_largest<Digits>(row, i);
  const auto logarithm_radius = [&]() -> R { return sums.unit * (sums.terms + 4) * 2 * sums.logarithm + 2 * sums.lost; };
  switch (row.problem.operation) {
    case Operation::log_softmax: return {-d - sums.logarithm, 5 * sums.unit * d + logarithm_radius()};
    case Operation::cross_entropy: return {d + sums.logarithm, 5 * sums.unit * d + logarithm_radius()};
    case Operation::log_sum_exp: {
      const R largest = R(row.x[row.argmax]) * R(row.scale);
      return {largest + sums.logarithm, 5 * sums.unit * mp::abs(largest) + logarithm_radius()};
    }
    default: break;
  }
  const bool backward = row.problem.operation == Operation::softmax_backward;
  if (d > far_below) {
    const R lost = mp::ldexp(R(1), far_below_exponent);
    if (backward) return {R(0), 4 * lost * sums.largest_gradient};
    return {lost / 2, lost / 2}; // in (0, lost]
  }
  const R numerator = kept ? *kept : row.is_largest(i) ? R(1) : R(mp::exp(R(-d)));
  const R p = numerator / sums.sum;
  if (!backward) return {p, p * sums.unit * 2 * (sums.terms + 4) + 2 * sums.lost};
  const R mean = sums.gradient / sums.sum;
  const R g = centred_gradient<Digits>(row, i);
  const R difference = g - mean;
  const R radius =
      p * (sums.unit * (2 * mp::abs(g) + (sums.gradient_magnitude / sums.sum + mp::abs(difference)) * 3 * (sums.terms + 8)) +
           8 * sums.lost * sums.largest_gradient);
  return {p * difference, radius};
}

// ---- Rounding an enclosure -----------------------------------------------------------------------------------------

// The exponent e with 2^e <= |v| < 2^(e+1), for v != 0.
template <class R> long binade(const R& v) { return static_cast<long>(mpfr_get_exp(v.backend().data())) - 1; }

// What v != 0 rounds to. On either side of zero nearest and ulp_exponent are monotone in v, and so is tail where they are
// constant: equal fields at both ends of an enclosure hold for all between.
template <class R> Truth rounded(Format format, const R& v, int resolution) {
  const int q = ulp_exponent_in_binade(format, binade(v));
  const R in_ulp = mp::ldexp(v, -q);
  R whole;
  mpfr_rint(whole.backend().data(), in_ulp.backend().data(), MPFR_RNDN);
  const double nearest = std::ldexp(whole.template convert_to<double>(), q);
  if (std::fabs(nearest) > largest_finite(format))
    return {std::copysign(std::numeric_limits<double>::infinity(), nearest), 0, q, false};
  const R scaled_tail = mp::ldexp(R(in_ulp - whole), resolution);
  R whole_tail;
  mpfr_rint(whole_tail.backend().data(), scaled_tail.backend().data(), MPFR_RNDN);
  // + 0.0: no negative zero
  return {nearest + 0.0, std::ldexp(whole_tail.template convert_to<double>(), -resolution) + 0.0, q, false};
}

// is_zero: asked where an enclosure around 0 is so small that only that matters.
template <unsigned Digits, class IsZero>
std::optional<Truth> decide(Format format, const Ball<Digits>& ball, IsZero is_zero, int resolution) {
  using R = Real<Digits>;
  const R high = ball.mid + ball.rad;
  const R low = ball.mid - ball.rad;
  if (low <= 0 && high >= 0) {
    const long vanishing = smallest_subnormal_exponent(format) - resolution - 4;
    if ((high != 0 && binade(high) >= vanishing) || (low != 0 && binade(low) >= vanishing)) return std::nullopt;
    return Truth{0, 0, smallest_subnormal_exponent(format), is_zero()};
  }
  const Truth truth = rounded(format, low, resolution);
  if (truth != rounded(format, high, resolution)) return std::nullopt;
  return truth;
}

// ---- Exact cases, and results beside a rational number -------------------------------------------------------------

Dyadic exact_distance(const Row& row, std::size_t below, std::size_t above) {
  return (dyadic(row.x[above]) - dyadic(row.x[below])) * dyadic(row.scale);
}

BesideRational rational(const Dyadic& numerator, std::size_t denominator = 1, int side = 0) {
  return {numerator.significand, mp::mpz_int(denominator), numerator.exponent, side};
}

// x_i (g_i - sum x_j g_j), in integers.
struct FromOutput {
  Dyadic mean;
  explicit FromOutput(const Row& row) {
    for (std::size_t j = 0; j < row.x.size(); ++j) mean = mean + dyadic(row.x[j]) * dyadic(row.problem.dy[j]);
  }
  BesideRational result(const Row& row, std::size_t i) const {
    return rational(dyadic(row.x[i]) * (dyadic(row.problem.dy[i]) - mean));
  }
};

// The results of a row whose finite elements all have the same scale * x, where they are rational; nothing where they involve
// log k.
class UniformRow {
public:
  explicit UniformRow(const Row& row) : row_(row) {
    if (row.problem.operation != Operation::softmax_backward) return;
    for (std::size_t j = 0; j < row.x.size(); ++j)
      if (row.has_mass(j)) sum_of_gradients_ = sum_of_gradients_ + dyadic(row.problem.dy[j]);
  }
  std::optional<BesideRational> result(std::size_t i) const {
    const std::size_t k = row_.finite;
    switch (row_.problem.operation) {
      case Operation::softmax:
      case Operation::sigmoid: return rational(dyadic(1), k);
      case Operation::softmax_backward: return rational(dyadic(row_.problem.dy[i]) * k - sum_of_gradients_, k * k);
      case Operation::log_sum_exp:
        if (k == 1) return rational(dyadic(row_.x[i]) * dyadic(row_.scale));
        return std::nullopt;
      default:
        if (k == 1) return rational(dyadic(0));
        return std::nullopt;
    }
  }

private:
  const Row& row_;
  Dyadic sum_of_gradients_;
};

// The elements by their logit, the largest scale * x first.
struct Group {
  std::size_t member; // one of its elements
  std::size_t count = 0;
  Dyadic sum_of_gradients = {};
};
std::vector<Group> groups_of(const Row& row) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < row.x.size(); ++i)
    if (row.has_mass(i)) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return row.scale < 0 ? row.x[a] < row.x[b] : row.x[a] > row.x[b]; });
  std::vector<Group> groups;
  for (const std::size_t i : order) {
    if (groups.empty() || row.x[groups.back().member] != row.x[i]) groups.push_back({i});
    ++groups.back().count;
    groups.back().sum_of_gradients = groups.back().sum_of_gradients + dyadic(row.problem.dy[i]);
  }
  return groups;
}

// v = rational + side t with 0 < t < 2^exponent.
struct Remainder {
  BesideRational rational;
  long exponent;
};
std::optional<Truth> decide(Format format, const Remainder& remainder, int resolution) {
  const Truth near = rounded(format, remainder.rational, resolution);
  const long exponent = std::max(remainder.exponent, smallest_remainder_exponent);
  if (near != rounded(format, moved(remainder.rational, exponent), resolution)) return std::nullopt;
  return near;
}

// An upper bound of log2(e^-d), more than e^-d itself; d >= 0.
long exponent_of_exponential(const Dyadic& d) {
  if (d.significand == 0) return 1;
  long exponent = 0;
  const double fraction = mpz_get_d_2exp(&exponent, d.significand.backend().data()); // towards zero
  // Beyond 2^60 it is as far as anybody asks.
  const double magnitude = std::ldexp(fraction, static_cast<int>(std::clamp<long>(exponent + d.exponent, -1000, 60)));
  return static_cast<long>(std::floor(-magnitude * 1.442695)) + 1; // 1.442695 < log2 e
}

long bits(std::size_t count) { return static_cast<long>(std::bit_width(count)); }

// Groups of which pairs are looked at one by one, and of which the exponents of pairs are compared with those of groups.
constexpr std::size_t most_expanded = 64;
constexpr std::size_t most_compared = 8192;

// Rows that are not uniform, once the first precision has left something open.
class Arguments {
public:
  explicit Arguments(const Row& row) : row_(row) {
    std::size_t second = row.x.size();
    for (std::size_t i = 0; i < row.x.size(); ++i)
      if (row.has_mass(i) && !row.is_largest(i) &&
          (second == row.x.size() || (row.scale < 0 ? row.x[i] < row.x[second] : row.x[i] > row.x[second])))
        second = i;
    // R, the sum of e^d_j without the largest, is less than n times its largest term.
    remainder_exponent_ = exponent_of_exponential(exact_distance(row, second, row.argmax)) + bits(row.x.size());
    if (row.problem.operation != Operation::softmax_backward) return;
    groups_ = groups_of(row);
    double largest = 0;
    for (const double g : row.problem.dy) largest = std::max(largest, std::fabs(g));
    gradient_exponent_ = largest == 0 ? 0 : std::ilogb(largest) + 1;
    has_common_mean_ = std::all_of(groups_.begin(), groups_.end(), [&](const Group& group) {
      return group.sum_of_gradients * groups_[0].count == groups_[0].sum_of_gradients * group.count;
    });
  }

  // Element i's gradient vanishes exactly iff every group's mean gradient is g_i.
  bool vanishes(std::size_t i) const {
    return row_.problem.operation == Operation::softmax_backward && has_common_mean_ &&
           dyadic(row_.problem.dy[i]) * groups_[0].count == groups_[0].sum_of_gradients;
  }

  // D_i = sum_j e^d_j (g_i - g_j) where it is not 0: a ball times e^-lead.
  template <unsigned Digits> std::pair<Ball<Digits>, Real<Digits>> difference(std::size_t i) const {
    std::vector<Term> terms;
    for (std::size_t group = 0; group < groups_.size(); ++group)
      if (const Dyadic spread = spread_in(groups_[group], i); spread.significand != 0)
        terms.push_back({distance_of(group), spread});
    const Dyadic lead = terms.front().distance;
    return {sum_of<Digits>(terms, lead), real<Real<Digits>>(lead)};
  }

  std::optional<Remainder> remainder(std::size_t i) {
    const std::size_t k = row_.ties;
    const bool largest = row_.is_largest(i);
    switch (row_.problem.operation) {
      case Operation::softmax:
      case Operation::sigmoid: // 1/(k + R), or e^d_i / s
        if (largest) return Remainder{rational(dyadic(1), k, -1), remainder_exponent_};
        return Remainder{rational({}, 1, 1), exponent_of_exponential(exact_distance(row_, i, row_.argmax))};
      case Operation::log_sum_exp: // m + log(1 + R)
        if (k == 1) return Remainder{rational(dyadic(row_.x[i]) * dyadic(row_.scale), 1, 1), remainder_exponent_};
        return std::nullopt;
      case Operation::log_softmax: // d_i - log(1 + R)
        if (k == 1) return Remainder{rational(-exact_distance(row_, i, row_.argmax), 1, -1), remainder_exponent_};
        return std::nullopt;
      case Operation::cross_entropy:
        if (k == 1) return Remainder{rational(exact_distance(row_, i, row_.argmax), 1, 1), remainder_exponent_};
        return std::nullopt;
      case Operation::softmax_backward: break;
      default: return std::nullopt;
    }
    if (!largest) // |v| <= e^d_i 2 max|g|; the sign of what rounds to zero does not matter
      return Remainder{rational({}, 1, 1),
                       exponent_of_exponential(exact_distance(row_, i, row_.argmax)) + gradient_exponent_ + 1};
    const int side = side_of_largest(i);
    if (side == 0) return std::nullopt;
    return Remainder{rational(spread_in(groups_[0], i), k * k, side),
                     remainder_exponent_ + gradient_exponent_ + bits(2 * row_.x.size() + 6)};
  }

private:
  // C_G: sum of (g_i - g_j) over the group.
  Dyadic spread_in(const Group& group, std::size_t i) const {
    return dyadic(row_.problem.dy[i]) * group.count - group.sum_of_gradients;
  }

  struct Term {
    Dyadic distance; // below the largest
    Dyadic coefficient;
  };

  // For i among the k largest, v = (C_0 + sum_G e^d_G C_G) / (k + R)^2. The sign of v - C_0 / k^2 is that of
  //   sum_G e^d_G K_G - C_0 R^2,   K_G = k (k C_G - 2 C_0 n_G),   over the groups below the largest.
  // Both parts are evaluated as they stand, relative to the larger of their leading terms. That does not end where terms of the
  // one cancel terms of the other exactly: then the square is expanded. 0: not found.
  int side_of_largest(std::size_t i) {
    const double g = row_.problem.dy[i];
    if (const auto known = sides_.find(g); known != sides_.end()) return known->second;
    const std::size_t k = row_.ties;
    const Dyadic c = spread_in(groups_[0], i);
    std::vector<Term> linear; // one a group, the vanishing ones too
    for (std::size_t group = 1; group < groups_.size(); ++group)
      linear.push_back({distance_of(group), (spread_in(groups_[group], i) * k - c * (2 * groups_[group].count)) * k});
    std::optional<Expansion> expansion;
    const auto at = [&]<unsigned Digits>() {
      if (const int side = side_of_parts<Digits>(linear, c)) return side;
      if (c.significand == 0) return 0;
      if (!expansion) expansion = expanded(linear, c);
      return side_of_expansion<Digits>(*expansion, -sign_of(c));
    };
    int side = 0;
    // Without a linear part the square alone decides.
    if (std::all_of(linear.begin(), linear.end(), [](const Term& term) { return term.coefficient.significand == 0; }))
      side = -sign_of(c);
    else if ((side = at.template operator()<150>()) == 0 && (side = at.template operator()<1500>()) == 0)
      side = at.template operator()<last_digits>();
    return sides_[g] = side;
  }

  static int sign_of(const Dyadic& a) { return a.significand.sign(); }
  static Dyadic size_of(const Dyadic& a) { return a.significand < 0 ? -a : a; }
  Dyadic distance_of(std::size_t group) const { return exact_distance(row_, groups_[group].member, groups_[0].member); }
  static bool is_less(const Dyadic& a, const Dyadic& b) { return sign_of(a - b) < 0; }

  template <class R> static R real(const Dyadic& a) {
    R value = 0;
    mpfr_set_z_2exp(value.backend().data(), a.significand.backend().data(), a.exponent, MPFR_RNDN);
    return value;
  }
  template <class R> static R unit() {
    const R one = 1;
    return mp::ldexp(one, -static_cast<int>(mpfr_get_prec(one.backend().data())));
  }

  // sum of coefficient e^-(distance - lead), no distance below lead. Each term is off by (2.01 d + 3.03) units for its distance d
  // (rounded once), exponential, coefficient and product, and by one for each addition. What is far below is left out.
  template <unsigned Digits> static Ball<Digits> sum_of(const std::vector<Term>& terms, const Dyadic& lead) {
    using R = Real<Digits>;
    R sum = 0, magnitude = 0, largest_distance = 0, left_out = 0;
    for (const Term& term : terms) {
      if (term.coefficient.significand == 0) continue;
      const R coefficient = real<R>(term.coefficient);
      const R d = real<R>(term.distance - lead);
      if (d > far_below) {
        left_out += mp::abs(coefficient);
        continue;
      }
      if (d > largest_distance) largest_distance = d;
      const R product = mp::exp(R(-d)) * coefficient;
      sum += product;
      magnitude += mp::abs(product);
    }
    return {sum, magnitude * unit<R>() * (4 * largest_distance + 2 * static_cast<double>(terms.size()) + 16) +
                     2 * mp::ldexp(left_out, far_below_exponent)};
  }

  // The sign of the linear part - c R^2.
  template <unsigned Digits> int side_of_parts(const std::vector<Term>& linear, const Dyadic& c) const {
    using R = Real<Digits>;
    const Dyadic first = distance_of(1), twice_first = first + first;
    Dyadic lead =
        std::find_if(linear.begin(), linear.end(), [](const Term& t) { return t.coefficient.significand != 0; })->distance;
    if (c.significand != 0 && is_less(twice_first, lead)) lead = twice_first;
    Ball<Digits> difference = sum_of<Digits>(linear, lead);
    if (c.significand != 0) {
      std::vector<Term> exponentials;
      for (std::size_t group = 1; group < groups_.size(); ++group)
        exponentials.push_back({linear[group - 1].distance, dyadic(1) * groups_[group].count});
      const Ball<Digits> rest = sum_of<Digits>(exponentials, first); // R = rest e^-first
      const R gap = real<R>(twice_first - lead);
      const R size = real<R>(size_of(c));
      const R high = rest.mid + rest.rad;
      if (gap > far_below) {
        difference.rad += 2 * size * high * high * mp::ldexp(R(1), far_below_exponent);
      } else {
        // Off by the distance (2.01), exponential, c, three products: less than 4 gap + 8 units; by the rest's radius; by one unit
        // for the difference.
        const R factor = mp::exp(R(-gap)) * size;
        const R square = factor * rest.mid * rest.mid;
        difference.rad += square * unit<R>() * (4 * gap + 16) + 2 * factor * rest.rad * (rest.mid + high) +
                          2 * unit<R>() * (mp::abs(difference.mid) + square);
        difference.mid -= sign_of(c) * square;
      }
    }
    return difference.mid > difference.rad ? 1 : difference.mid < -difference.rad ? -1 : 0;
  }

  // The linear part less c R^2, R^2 as a sum over pairs of groups: those whose exponent is a group's are added to the group's
  // coefficient, exactly. All others have the sign of -c.
  struct Expansion {
    std::vector<Term> terms;               // without vanishing ones
    std::optional<Dyadic> uncompared = {}; // the distance from which on there are linear terms with unknown coefficients,
    Dyadic uncompared_magnitude = {};      //   and the sum of their magnitudes
    std::optional<Dyadic> unexpanded = {}; // the same of pairs
    Dyadic unexpanded_magnitude = {};
  };
  Expansion expanded(const std::vector<Term>& linear, const Dyadic& c) {
    Expansion expansion;
    const std::size_t compared = std::min(linear.size(), most_compared), pairs = std::min(linear.size(), most_expanded);
    if (pairs_with_distance_of_.empty())
      for (std::size_t group = 1; group <= compared; ++group) pairs_with_distance_of_.push_back(pairs_with_distance_of(group));
    for (std::size_t group = 1; group <= compared; ++group) {
      const Term& term = linear[group - 1];
      expansion.terms.push_back({term.distance, term.coefficient - c * pairs_with_distance_of_[group - 1]});
    }
    for (std::size_t a = 1; a <= pairs; ++a)
      for (std::size_t b = a; b <= pairs; ++b) {
        const Dyadic distance = linear[a - 1].distance + linear[b - 1].distance;
        const auto end = linear.begin() + static_cast<std::ptrdiff_t>(compared);
        const auto group = std::lower_bound(linear.begin(), end, distance,
                                            [](const Term& term, const Dyadic& d) { return is_less(term.distance, d); });
        if (group != end && group->distance == distance) continue;
        expansion.terms.push_back({distance, -c * (groups_[a].count * groups_[b].count * (a == b ? 1 : 2))});
      }
    std::erase_if(expansion.terms, [](const Term& term) { return term.coefficient.significand == 0; });
    if (compared < linear.size()) expansion.uncompared = linear[compared].distance;
    for (std::size_t group = compared; group < linear.size(); ++group)
      expansion.uncompared_magnitude = expansion.uncompared_magnitude + size_of(linear[group].coefficient);
    if (pairs < linear.size()) expansion.unexpanded = first_unexpanded_distance(pairs + 1, compared);
    expansion.unexpanded_magnitude = size_of(c) * (row_.finite * row_.finite);
    return expansion;
  }

  // The sign of d_a + d_b - d_group, read off x_a + x_b and x_0 + x_group. Rounded sums have the order of the
  // exact ones, or are equal.
  int order_of(std::size_t a, std::size_t b, std::size_t group) const {
    const auto x = [&](std::size_t of) { return row_.x[groups_[of].member]; };
    const double left = x(0) + x(group), right = x(a) + x(b);
    const int order =
        left != right ? (left > right ? 1 : -1) : sign_of(dyadic(x(0)) + dyadic(x(group)) - dyadic(x(a)) - dyadic(x(b)));
    return row_.scale < 0 ? -order : order;
  }
  // sum of n_a n_b over all a and b with d_a + d_b = d_group.
  std::size_t pairs_with_distance_of(std::size_t group) const {
    std::size_t found = 0;
    for (std::size_t a = 1, b = group - 1; a <= b;) {
      const int order = order_of(a, b, group);
      if (order == 0) found += groups_[a].count * groups_[b].count * (a == b ? 1 : 2);
      if (order <= 0) ++a;
      if (order >= 0) --b;
    }
    return found;
  }
  // The least d_a + d_b, a <= b and b >= begin, that is not a d_group up to `compared`. The last group twice is none.
  Dyadic first_unexpanded_distance(std::size_t begin, std::size_t compared) const {
    std::optional<Dyadic> least;
    for (std::size_t a = 1; a < groups_.size(); ++a) {
      std::size_t b = std::max(a, begin), group = 1;
      if (least && !is_less(distance_of(a) + distance_of(b), *least)) break;
      for (; b < groups_.size(); ++b) {
        int order = -1;
        while (group <= compared && (order = order_of(a, b, group)) > 0) ++group;
        if (group <= compared && order == 0) continue;
        const Dyadic distance = distance_of(a) + distance_of(b);
        if (!least || is_less(distance, *least)) least = distance;
        break;
      }
    }
    return *least;
  }

  // side_of_pairs: the sign of every pair's term.
  template <unsigned Digits> static int side_of_expansion(const Expansion& expansion, int side_of_pairs) {
    using R = Real<Digits>;
    if (expansion.terms.empty()) return expansion.uncompared ? 0 : side_of_pairs;
    const Dyadic lead = std::min_element(expansion.terms.begin(), expansion.terms.end(), [](const Term& a, const Term& b) {
                          return is_less(a.distance, b.distance);
                        })->distance;
    const Ball<Digits> sum = sum_of<Digits>(expansion.terms, lead);
    const int side = sum.mid < 0 ? -1 : 1;
    // What bounds the rest beyond a distance; none where it may come before the leading term.
    const auto bound = [&](const std::optional<Dyadic>& distance, const Dyadic& magnitude) -> std::optional<R> {
      if (!distance) return R(0);
      const R d = real<R>(*distance - lead);
      if (d <= 0) return std::nullopt;
      return 2 * real<R>(magnitude) * (d > far_below ? mp::ldexp(R(1), far_below_exponent) : R(mp::exp(R(-d))));
    };
    const auto linear = bound(expansion.uncompared, expansion.uncompared_magnitude);
    if (!linear || mp::abs(sum.mid) <= sum.rad + *linear) return 0;
    if (side == side_of_pairs) return side;
    const auto pairs = bound(expansion.unexpanded, expansion.unexpanded_magnitude);
    return pairs && mp::abs(sum.mid) > (sum.rad + *linear + *pairs) * R(1.001) ? side : 0;
  }

  const Row& row_;
  std::vector<Group> groups_; // softmax_backward only
  long remainder_exponent_ = 0;
  long gradient_exponent_ = 0;
  bool has_common_mean_ = false;
  std::map<double, int> sides_;                     // found, by g_i
  std::vector<std::size_t> pairs_with_distance_of_; // of the groups from the first below the largest on; empty until asked for
};

// ---- A row -----------------------------------------------------------------------------------------------------------

// Longer rows compute their numerators twice rather than keep them.
constexpr std::size_t longest_kept = std::size_t{1} << 20;

using Results = std::vector<std::size_t>; // by their number in the row

// Decides those of `open` that one precision decides; gives back the others.
template <unsigned Digits> Results decide_at(const Row& row, int resolution, const Results& open, std::span<Truth> results) {
  const bool keep = Digits == first_digits && row.x.size() <= longest_kept && !gives_one_value_a_row(row.problem.operation);
  std::vector<Real<Digits>> numerators(keep ? row.x.size() : 0);
  const Sums<Digits> sums = sums_of<Digits>(row, numerators);
  std::optional<Arguments> arguments; // takes a while, and is hardly ever asked
  Results still_open;
  for (const std::size_t r : open) {
    const std::size_t i = element_of_result(row, r);
    const auto ball = enclose<Digits>(row, sums, i, keep ? &numerators[i] : nullptr);
    const auto is_zero = [&] {
      if (row.problem.operation != Operation::softmax_backward) return false; // a uniform row's are decided before
      if (!arguments) arguments.emplace(row);
      return arguments->vanishes(i);
    };
    if (const auto truth = decide(row.problem.format, ball, is_zero, resolution))
      results[r] = *truth;
    else
      still_open.push_back(r);
  }
  return still_open;
}

Results decide_by_argument(const Row& row, int resolution, const Results& open, std::span<Truth> results) {
  Arguments arguments(row);
  Results still_open;
  for (const std::size_t r : open) {
    const std::size_t i = element_of_result(row, r);
    std::optional<Truth> truth;
    if (arguments.vanishes(i))
      truth = zero_truth(row.problem.format);
    else if (const auto remainder = arguments.remainder(i))
      truth = decide(row.problem.format, *remainder, resolution);
    if (truth)
      results[r] = *truth;
    else
      still_open.push_back(r);
  }
  return still_open;
}

// What needs no precision: masked elements and rational results. Gives back the others.
Results decide_exactly(const Row& row, int resolution, std::span<Truth> results) {
  const Problem& problem = row.problem;
  Results open;
  if (problem.operation == Operation::softmax_backward_from_output) {
    const FromOutput from_output(row);
    for (std::size_t i = 0; i < results.size(); ++i)
      results[i] = rounded(problem.format, from_output.result(row, i), resolution);
    return open;
  }
  const std::optional<UniformRow> uniform = row.is_uniform() ? std::optional<UniformRow>(row) : std::nullopt;
  std::optional<Truth> share; // softmax: the same for all
  for (std::size_t r = 0; r < results.size(); ++r) {
    const std::size_t i = element_of_result(row, r);
    if (is_masked(problem, i)) {
      results[r] = masked_truth(problem.operation, problem.format);
    } else if (share) {
      results[r] = *share;
    } else if (const auto value = uniform ? uniform->result(i) : std::nullopt) {
      results[r] = rounded(problem.format, *value, resolution);
      if (problem.operation == Operation::softmax) share = results[r];
    } else {
      open.push_back(r);
    }
  }
  return open;
}

// `results` as many as wanted: sigmoid wants one of two.
void truths_of_ordinary_row(const Problem& problem, int resolution, std::span<Truth> results) {
  const Row row = row_from(problem);
  Results open = decide_exactly(row, resolution, results);
  if (!open.empty()) open = decide_at<first_digits>(row, resolution, open, results);
  if (!open.empty() && !row.is_uniform()) open = decide_by_argument(row, resolution, open, results);
  if (!open.empty()) open = decide_at<150>(row, resolution, open, results);
  if (!open.empty()) open = decide_at<500>(row, resolution, open, results);
  if (!open.empty()) open = decide_at<1500>(row, resolution, open, results);
  if (!open.empty()) open = decide_at<last_digits>(row, resolution, open, results);
  if (!open.empty())
    throw Undecided("mpfr: a result of a row of " + std::to_string(problem.cols) + " is not decided at " +
                    std::to_string(last_digits) + " digits");
}

// MPFR keeps constants and a pool for each thread, and frees them for none.
struct ThreadCaches {
  ~ThreadCaches() { mpfr_free_cache(); }
  void use() const {}
};
thread_local const ThreadCaches thread_caches;

// Calls row_done(row problem, class, its results) for each row; sigmoid's elements are rows of two, of whose results the
// first is wanted.
template <class Result, class Ordinary, class Special>
void for_each_row(const Problem& problem, std::span<Result> results, Ordinary ordinary, Special special) {
  require_well_formed(problem);
  thread_caches.use();
  const std::size_t width = results_of_row(problem.operation, problem.cols);
  for (std::size_t r = 0; r < problem.rows; ++r) {
    const Problem row = row_of(problem, r);
    const std::span<Result> row_results = results.subspan(r * width, width);
    if (problem.operation == Operation::sigmoid) {
      for (std::size_t i = 0; i < problem.cols; ++i) {
        const std::span<Result> one = row_results.subspan(i, 1);
        const double t = class_of_product(row.x[i], row.scale);
        if (t != 0) {
          const Truth truth = special_sigmoid(row.format, t);
          special({&truth, 1}, one);
          continue;
        }
        const std::array<double, 2> pair{row.x[i], 0.0};
        ordinary(Problem{Operation::sigmoid, row.format, 1, 2, pair, row.scale}, one);
      }
      continue;
    }
    const RowClass row_class = class_of_row(row);
    if (row_class == RowClass::ordinary) {
      ordinary(row, row_results);
      continue;
    }
    std::vector<Truth> truths(width);
    special_truths(row, row_class, truths);
    special(std::span<const Truth>(truths), row_results);
  }
}

void truths(const Problem& problem, int resolution, std::span<Truth> results) {
  for_each_row(
      problem, results, [&](const Problem& row, std::span<Truth> of_row) { truths_of_ordinary_row(row, resolution, of_row); },
      [](std::span<const Truth> special, std::span<Truth> of_row) {
        std::copy(special.begin(), special.end(), of_row.begin());
      });
}

// ---- Enclosures and digits -------------------------------------------------------------------------------------------

template <unsigned Digits> Ball<Digits> ball_of(const BesideRational& value) {
  using R = Real<Digits>;
  R numerator = 0, denominator = 0;
  mpfr_set_z_2exp(numerator.backend().data(), value.numerator.backend().data(), value.exponent, MPFR_RNDN);
  mpfr_set_z(denominator.backend().data(), value.denominator.backend().data(), MPFR_RNDN);
  const R mid = numerator / denominator;
  return {mid, mp::ldexp(R(mp::abs(mid)), 3 - static_cast<int>(mpfr_get_prec(mid.backend().data())))};
}

// A ball for every result of an ordinary row that is not masked.
template <unsigned Digits, class Take> void balls_of_row(const Problem& problem, std::size_t results, Take take) {
  const Row row = row_from(problem);
  if (problem.operation == Operation::softmax_backward_from_output) {
    const FromOutput from_output(row);
    for (std::size_t i = 0; i < results; ++i) take(i, i, ball_of<Digits>(from_output.result(row, i)));
    return;
  }
  const std::optional<UniformRow> uniform = row.is_uniform() ? std::optional<UniformRow>(row) : std::nullopt;
  const Sums<Digits> sums = sums_of<Digits>(row, {});
  for (std::size_t r = 0; r < results; ++r) {
    const std::size_t i = element_of_result(row, r);
    if (is_masked(problem, i)) continue;
    const auto exact = uniform ? uniform->result(i) : std::nullopt;
    take(r, i, exact ? ball_of<Digits>(*exact) : enclose<Digits>(row, sums, i, nullptr));
  }
}

Enclosure enclosure_of(const Ball<first_digits>& ball) {
  using R = Real<first_digits>;
  if (ball.mid == 0 && ball.rad == 0) return {0, 0, 0, 0};
  const long exponent = ball.mid == 0 ? binade(ball.rad) : std::max(binade(ball.mid), binade(R(ball.rad + ball.mid)));
  // ldexp takes an int, which any exponent here is.
  const R mid = mp::ldexp(ball.mid, static_cast<int>(-exponent));
  const double high = mid.convert_to<double>();
  const double low = R(mid - high).convert_to<double>();
  const double radius = mp::ldexp(ball.rad, static_cast<int>(-exponent)).convert_to<double>();
  return {high, low, radius * (1 + 0x1p-40) + 0x1p-104, exponent};
}

void enclosures(const Problem& problem, std::span<Enclosure> results) {
  for_each_row(
      problem, results,
      [](const Problem& row, std::span<Enclosure> of_row) {
        std::fill(of_row.begin(), of_row.end(), special_enclosure(masked_truth(row.operation, row.format)));
        balls_of_row<first_digits>(row, of_row.size(), [&](std::size_t r, std::size_t, const Ball<first_digits>& ball) {
          of_row[r] = enclosure_of(ball);
        });
      },
      [](std::span<const Truth> special, std::span<Enclosure> of_row) {
        std::transform(special.begin(), special.end(), of_row.begin(), special_enclosure);
      });
}

constexpr unsigned decimal_precision = 1200;

// value * e^power in scientific notation, by way of log10, so that e^-1e300 has its digits too: the decimal exponent takes up
// to 617 of the digits computed with.
std::string decimal_text(const Real<decimal_precision>& value, const Real<decimal_precision>& power, int digits) {
  using R = Real<decimal_precision>;
  if (value == 0) return "0";
  R mantissa = mp::abs(value);
  mp::mpz_int exponent = 0;
  if (power != 0) {
    const R decimal_logarithm = (mp::log(mantissa) + power) / mp::log(R(10));
    const R floor = mp::floor(decimal_logarithm);
    mantissa = mp::pow(R(10), R(decimal_logarithm - floor));
    exponent = floor.convert_to<mp::mpz_int>();
  }
  // 9.99...9 may have been rounded to 1.00...0e+01: that carries into the exponent.
  std::string text = mantissa.str(digits - 1, std::ios_base::scientific);
  const std::size_t e = text.find('e');
  exponent += std::stol(text.substr(e + 1));
  text.resize(e);
  if (exponent != 0) text.append(1, 'e').append(exponent.str());
  return (value < 0 ? "-" : "") + text;
}

// A result that is exactly 0, or so small that its ball shows nothing.
// arguments: the row's, made when they are asked for first.
std::string decimal_text_of_small(const Row& row, const Sums<decimal_precision>& sums, std::optional<Arguments>& arguments,
                                  std::size_t i, int digits) {
  using R = Real<decimal_precision>;
  if (row.problem.operation == Operation::softmax_backward) {
    if (!arguments) arguments.emplace(row);
    if (arguments->vanishes(i)) return "0";
    // e^d_i D_i / s^2, D_i relative to its leading term.
    const auto [difference, lead] = arguments->difference<decimal_precision>(i);
    if (difference.rad > mp::ldexp(R(mp::abs(difference.mid)), -4 * digits - 20))
      throw Undecided("mpfr: a result of a row of " + std::to_string(row.x.size()) + " has no certain digit at " +
                      std::to_string(decimal_precision) + " digits");
    return decimal_text(R(difference.mid / (sums.sum * sums.sum)), R(-lead - distance_below_largest<decimal_precision>(row, i)),
                        digits);
  }
  // log(1 + R) is R, to more digits than there are.
  const auto counts = [&](std::size_t j) { return row.has_mass(j) && !row.is_largest(j); };
  R nearest = -1;
  for (std::size_t j = 0; j < row.x.size(); ++j) {
    if (!counts(j)) continue;
    const R d = distance_below_largest<decimal_precision>(row, j);
    if (nearest < 0 || d < nearest) nearest = d;
  }
  R sum = 0;
  for (std::size_t j = 0; j < row.x.size(); ++j) {
    if (!counts(j)) continue;
    const R d = distance_below_largest<decimal_precision>(row, j) - nearest;
    if (d <= far_below) sum += mp::exp(R(-d));
  }
  if (row.problem.operation == Operation::log_softmax) sum = -sum;
  return decimal_text(sum, -nearest, digits);
}

std::vector<std::string> decimals(const Problem& problem, int digits) {
  using R = Real<decimal_precision>;
  thread_caches.use();
  std::vector<std::string> all(result_count(problem));
  const auto special_text = [](const Truth& truth) -> std::string {
    if (std::isnan(truth.nearest)) return "nan";
    if (std::isinf(truth.nearest)) return truth.nearest > 0 ? "inf" : "-inf";
    return truth.nearest == 0 ? "0" : "1";
  };
  for_each_row(
      problem, std::span<std::string>(all),
      [&](const Problem& problem_of_row, std::span<std::string> of_row) {
        std::fill(of_row.begin(), of_row.end(), special_text(masked_truth(problem_of_row.operation, problem_of_row.format)));
        const Row row = row_from(problem_of_row);
        const Sums<decimal_precision> sums = sums_of<decimal_precision>(row, {});
        std::optional<Arguments> arguments;
        const bool of_shares = problem_of_row.operation == Operation::softmax || problem_of_row.operation == Operation::sigmoid;
        balls_of_row<decimal_precision>(
            problem_of_row, of_row.size(), [&](std::size_t r, std::size_t i, const Ball<decimal_precision>& ball) {
              if (of_shares) {
                of_row[r] = decimal_text(1 / sums.sum, -distance_below_largest<decimal_precision>(row, i), digits);
              } else if (ball.mid == 0 && ball.rad == 0) {
                of_row[r] = "0";
              } else if (ball.rad <= mp::ldexp(R(mp::abs(ball.mid)), -4 * digits - 20)) {
                of_row[r] = decimal_text(ball.mid, 0, digits);
              } else {
                of_row[r] = decimal_text_of_small(row, sums, arguments, i, digits);
              }
            });
      },
      [&](std::span<const Truth> special, std::span<std::string> of_row) {
        std::transform(special.begin(), special.end(), of_row.begin(), special_text);
      });
  return all;
}

std::string version() {
  return std::string("MPFR ") + mpfr_get_version() + ", GMP " + gmp_version + ", Boost " + BOOST_LIB_VERSION;
}

} // namespace

namespace oracles {
extern constinit const Oracle mpfr{
    "mpfr", "reference: Boost.Multiprecision over MPFR, 50 to 4300 digits", &version, &truths, &enclosures, &decimals};
} // namespace oracles

} // namespace softmax_audit
