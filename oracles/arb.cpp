// The second oracle: ball arithmetic. Every intermediate number is a midpoint and a radius, and FLINT/Arb widens the radius by
// whatever it rounds away, so no error analysis of the formulas is needed. What is left to this file:
//
//   - rounding: a candidate is proposed from the middle of an interval and proved by comparing the interval's ends with the two
//     ends of the set of numbers that have this very truth (`Rounder`);
//   - rational results: which results are rational is known by argument (Lindemann and Weierstrass) and they are rounded in
//     integers (`truth_of_quotient`); all others are never a value of the format, never a tie and never a power of two;
//   - results next to a rational: precision cannot tell 1/2 + e^-1e300 from 1/2, but the sign of the difference is known, and an
//     interval that ends at 1/2 exactly is decided by it (`narrow`);
//   - elements so far below the largest that e^(t_j - m) < 2^-1512775: they enter as a ball of that radius around 0.
//
// oracles/README.md has the proofs.
// Source: F. Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Comput. 66 (2017).
#include "oracles/special_values.hpp"

#include <bit>
#include <cstdlib>
#include <memory>
#include <unordered_map>

#include <flint/fmpz.h>
// FLINT 3 contains Arb; Debian 12 has it as a library of its own.
#if __has_include(<flint/arb.h>)
#include <flint/arb.h>
namespace {
std::string library_versions() { return std::string("FLINT ") + flint_version; }
} // namespace
#else
#include <arb.h>
namespace {
std::string library_versions() { return std::string("FLINT ") + flint_version + ", Arb " + arb_version; }
} // namespace
#endif

namespace softmax_audit::oracles {
namespace {

// FLINT's numbers, cleared when they go out of scope.
template <class Struct, void (*initialise)(Struct*), void (*release)(Struct*)> class Handle {
public:
  Handle() { initialise(value_); }
  ~Handle() { release(value_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator Struct*() { return value_; }
  operator const Struct*() const { return value_; }
  Struct* operator->() { return value_; }
  const Struct* operator->() const { return value_; }

private:
  Struct value_[1];
};
using Integer = Handle<fmpz, fmpz_init, fmpz_clear>;
using Dyadic = Handle<arf_struct, arf_init, arf_clear>; // an integer times a power of two; exact unless said otherwise
using Ball = Handle<arb_struct, arb_init, arb_clear>;
using Bound = Handle<mag_struct, mag_init, mag_clear>; // of a magnitude, from above

class Balls {
public:
  explicit Balls(std::size_t size) : size_(size), balls_(_arb_vec_init(static_cast<slong>(size))) {}
  ~Balls() { _arb_vec_clear(balls_, static_cast<slong>(size_)); }
  Balls(const Balls&) = delete;
  Balls& operator=(const Balls&) = delete;
  arb_ptr operator[](std::size_t i) { return balls_ + i; }

private:
  std::size_t size_;
  arb_ptr balls_;
};

// FLINT keeps constants and pools for each thread; whoever asks from a thread that ends should not leak them.
struct ThreadCaches {
  ~ThreadCaches() { flint_cleanup(); }
  void use() const {}
};
thread_local const ThreadCaches thread_caches;

constexpr slong exactly = ARF_PREC_EXACT;
constexpr arf_rnd_t downwards = ARF_RND_DOWN; // for operations that are exact, where the direction means nothing

// Two limbs, which an arf_t holds without memory of its own. 97 bits is the most that a truth can have (f64, resolution 44).
constexpr slong first_bits = 128;
constexpr slong last_bits = 15000;
constexpr slong next_precision(slong bits) { return 3 * bits; }

// e^d for d <= -2^20 is less than 2^-1512775, since 2^20 log2 e = 1512775.39...: some 500 times smaller in the exponent than
// any subnormal, and where size matters at all only its sign does.
constexpr slong far_exponent = 20;
constexpr slong far_bits = 1512775;

[[noreturn]] void throw_undecided(std::size_t cols) {
  throw Undecided("arb: a result in a row of " + std::to_string(cols) + " is not decided at " + std::to_string(last_bits) +
                  " bits");
}

// e^d for an exact d.
void exponential(arb_t e, const arb_t d, slong bits) {
  if (arf_cmpabs_2exp_si(arb_midref(d), far_exponent) >= 0) {
    // Around 0 rather than above it: the radius is all that counts.
    arb_zero(e);
    mag_set_ui_2exp_si(arb_radref(e), 1, -far_bits);
  } else {
    arb_exp(e, d, bits);
  }
}

// ---- Rounding ---------------------------------------------------------------------------------------------------------------

// What is known of v besides lying in an interval.
enum class Nature {
  irrational, // so v is not on any boundary, and comparisons may include the boundary
  unknown,
};

class Rounder {
public:
  Rounder(Format format, int resolution) : format_(format), precision_(traits(format).precision), resolution_(resolution) {
    // (2 - 2^-p) 2^largest = (2^(p + 1) - 1) 2^(largest - p)
    arf_set_si_2exp_si(threshold_, (slong{1} << (precision_ + 1)) - 1, traits(format).largest_exponent - precision_);
    arf_neg(minus_threshold_, threshold_);
  }

  // The interval: v's ball, and what else is known of the side that v is on.
  void set(const arb_t v, slong bits) {
    bits_ = bits;
    arb_get_lbound_arf(low_, v, bits);
    arb_get_ubound_arf(high_, v, bits);
  }
  void raise_low(const arf_t bound) { arf_max(low_, low_, bound); }
  void lower_high(const arf_t bound) { arf_min(high_, high_, bound); }

  // The truth that all v in the interval share, if that can be proved; false otherwise. A candidate (N, T, q) comes from the
  // middle, however inaccurately: nearest = N 2^q, tail = T 2^-resolution. The numbers that have this truth fill an interval of
  // their own, the intersection of
  //   |v / 2^q - N - T 2^-resolution| <= 2^-(resolution + 1),   |v / 2^q - N| <= 1/2,   2^q is the ulp of v,
  // whose ends belong to it or not as ties and binades will have it. The interval's ends are compared with these.
  bool decide(Truth& truth, Nature nature) {
    arf_add(scaled_, low_, high_, bits_ + 64, downwards);
    arf_mul_2exp_si(scaled_, scaled_, -1);
    const int sign = arf_sgn(scaled_);
    if (arf_cmpabs(scaled_, threshold_) >= 0) {
      if (sign > 0 ? arf_cmp(low_, threshold_) < 0 : arf_cmp(high_, minus_threshold_) > 0) return false;
      truth = infinite_truth(format_, sign * std::numeric_limits<double>::infinity());
      truth.exact = false;
      return true;
    }

    const int q = ulp_exponent_in_binade(format_, arf_abs_bound_lt_2exp_si(scaled_) - 1);
    arf_mul_2exp_si(scaled_, scaled_, -q);
    const slong n = arf_get_si(scaled_, ARF_RND_NEAR);
    arf_sub_si(scaled_, scaled_, n, bits_ + 64, downwards);
    arf_mul_2exp_si(scaled_, scaled_, resolution_);
    const slong t = arf_get_si(scaled_, ARF_RND_NEAR);

    const slong smallest_significand = slong{1} << (precision_ - 1);
    const bool at_top = q == ulp_exponent_in_binade(format_, traits(format_).largest_exponent);
    if (at_top && std::abs(n) == 2 * smallest_significand) return false;
    end_of_cell(lower_, n, t, -1, q);
    end_of_cell(upper_, n, t, 1, q);
    // Where N is the first or last of the binade the cell stops at N, beyond which the ulp is another one; below the smallest
    // normal number it is the same.
    const bool is_first = std::abs(n) == smallest_significand && q > smallest_subnormal_exponent(format_);
    const bool is_last = std::abs(n) == 2 * smallest_significand;
    if (is_first || is_last) {
      arf_set_si_2exp_si(scaled_, n, q);
      if (is_first == (n > 0))
        arf_max(lower_, lower_, scaled_);
      else
        arf_min(upper_, upper_, scaled_);
    }

    const int above_lower = arf_cmp(low_, lower_), below_upper = arf_cmp(upper_, high_);
    if (above_lower < 0 || below_upper < 0) return false;
    if (nature == Nature::unknown) {
      if (above_lower == 0 || below_upper == 0) return false;
      if (t == 0) { // v might be the value itself
        arf_set_si_2exp_si(upper_, n, q);
        if (arf_cmp(low_, upper_) <= 0 && arf_cmp(upper_, high_) <= 0) return false;
      }
    }
    truth = {std::ldexp(static_cast<double>(n), q), std::ldexp(static_cast<double>(t), -resolution_), q, false};
    return true;
  }

private:
  // The end, on the given side, of { |v / 2^q - N - T 2^-r| <= 2^-(r + 1), |v / 2^q - N| <= 1/2 }.
  void end_of_cell(arf_t end, slong n, slong t, int side, int q) {
    const bool ends_at_tie = 2 * side * t == slong{1} << resolution_;
    arf_set_si_2exp_si(end, n, resolution_ + 1);
    arf_add_si(end, end, ends_at_tie ? side * (slong{1} << resolution_) : 2 * t + side, exactly, downwards);
    arf_mul_2exp_si(end, end, q - resolution_ - 1);
  }

  Format format_;
  int precision_, resolution_;
  slong bits_ = first_bits;
  Dyadic low_, high_; // the interval
  Dyadic threshold_, minus_threshold_, scaled_, lower_, upper_;
};

// quotient = round(numerator / denominator), ties to even, and what is left of the numerator; denominator > 0.
void round_to_even(fmpz_t quotient, fmpz_t remainder, const fmpz_t numerator, const fmpz_t denominator) {
  Integer doubled;
  fmpz_fdiv_qr(quotient, remainder, numerator, denominator);
  fmpz_mul_2exp(doubled, remainder, 1);
  const int order = fmpz_cmp(doubled, denominator);
  if (order < 0 || (order == 0 && fmpz_is_even(quotient))) return;
  fmpz_add_ui(quotient, quotient, 1);
  fmpz_sub(remainder, remainder, denominator);
}

// numerator / denominator, in integers throughout.
Truth truth_of_quotient(Format format, int resolution, const arf_t numerator, ulong denominator) {
  if (arf_is_zero(numerator)) return zero_truth(format);
  const int precision = traits(format).precision, largest = traits(format).largest_exponent;
  Integer a, b, power, n, t, remainder;
  arf_get_fmpz_2exp(a, power, numerator);
  fmpz_set_ui(b, denominator);
  // Multiplies a / b by 2^s.
  const auto shift = [&a, &b](slong s) {
    if (s >= 0)
      fmpz_mul_2exp(a, a, static_cast<ulong>(s));
    else
      fmpz_mul_2exp(b, b, static_cast<ulong>(-s));
  };
  shift(fmpz_get_si(power));
  // 2^(binade - 1) < |a / b| < 2^(binade + 1)
  long binade = static_cast<long>(fmpz_bits(a)) - static_cast<long>(fmpz_bits(b));
  const auto is_below = [&a, &b](slong significand, slong exponent) { // |a / b| < significand 2^exponent
    Integer left, right;
    fmpz_abs(left, a);
    fmpz_mul_si(right, b, significand);
    fmpz_mul_2exp(exponent >= 0 ? right : left, exponent >= 0 ? right : left, static_cast<ulong>(std::abs(exponent)));
    return fmpz_cmp(left, right) < 0;
  };
  if (is_below(1, binade)) --binade;
  if (!is_below((slong{1} << (precision + 1)) - 1, largest - precision)) {
    Truth overflow = infinite_truth(format, fmpz_sgn(a) * std::numeric_limits<double>::infinity());
    overflow.exact = false;
    return overflow;
  }
  const int q = ulp_exponent_in_binade(format, binade);
  shift(-q);
  round_to_even(n, remainder, a, b);
  const bool exact = fmpz_is_zero(remainder);
  fmpz_mul_2exp(a, remainder, static_cast<ulong>(resolution));
  round_to_even(t, remainder, a, b);
  return {std::ldexp(static_cast<double>(fmpz_get_si(n)), q), std::ldexp(static_cast<double>(fmpz_get_si(t)), -resolution), q,
          exact};
}

Enclosure enclosure_of(const arb_t v) {
  if (arb_is_zero(v)) return {0, 0, 0, 0};
  Integer exponent;
  const fmpz& of_middle = *ARF_EXPREF(arb_midref(v));
  const fmpz& of_radius = *MAG_EXPREF(arb_radref(v));
  const bool radius_leads = arf_is_zero(arb_midref(v)) || (!mag_is_zero(arb_radref(v)) && fmpz_cmp(&of_radius, &of_middle) > 0);
  fmpz_set(exponent, radius_leads ? &of_radius : &of_middle);
  // Nothing that is asked for comes near these: the guard is for the conversion to 64 bits.
  if (fmpz_cmp_si(exponent, -(slong{1} << 61)) < 0) return {0, 0, 1, -(std::int64_t{1} << 61)};

  Integer down;
  fmpz_neg(down, exponent);
  Dyadic rest, part, error;
  arf_mul_2exp_fmpz(rest, arb_midref(v), down);
  const double high = arf_get_d(rest, ARF_RND_NEAR);
  arf_set_d(part, high);
  arf_sub(rest, rest, part, exactly, downwards);
  const double low = arf_get_d(rest, ARF_RND_NEAR);
  arf_set_d(part, low);
  arf_sub(rest, rest, part, exactly, downwards);
  arf_set_mag(error, arb_radref(v));
  arf_mul_2exp_fmpz(error, error, down);
  arf_abs(rest, rest);
  arf_add(error, error, rest, 64, ARF_RND_UP);
  double radius = arf_is_zero(error) ? 0 : std::max(arf_get_d(error, ARF_RND_UP), 0x1p-1000);
  return {high, low, radius, fmpz_get_si(exponent)};
}

// ---- Decimal digits ---------------------------------------------------------------------------------------------------------

// The text of sign e^logarithm; false where the ball is too wide. By logarithms, because e^-1e300 has no exponent that the
// arithmetic could hold.
bool write_decimal(std::string& text, int sign, const arb_t logarithm, int digits, slong bits) {
  if (!arb_is_finite(logarithm)) return false;
  if (mag_cmp_2exp_si(arb_radref(logarithm), -(10 * digits / 3 + 12)) > 0) return false;
  Ball log_of_ten, scaled, unit;
  Integer exponent, significand, limit;
  Dyadic middle, half;
  arb_const_log10(log_of_ten, bits);
  arb_div(scaled, logarithm, log_of_ten, bits);
  arf_get_fmpz(exponent, arb_midref(scaled), ARF_RND_FLOOR);
  fmpz_ui_pow_ui(limit, 10, static_cast<ulong>(digits));
  arf_set_d(half, 0.5);
  // The first exponent may be one off at a power of ten, so that the significand comes out as 10^digits or too short. The
  // second one is right: what rounds to 10^digits rounds to 10^(digits - 1) with the next exponent.
  for (int attempt = 0; attempt < 3; ++attempt) {
    arb_mul_fmpz(scaled, log_of_ten, exponent, bits);
    arb_sub(scaled, logarithm, scaled, bits);
    arb_exp(scaled, scaled, bits);
    arb_ui_pow_ui(unit, 10, static_cast<ulong>(digits - 1), bits);
    arb_mul(scaled, scaled, unit, bits);
    if (mag_cmp_2exp_si(arb_radref(scaled), -8) > 0) return false;
    arf_add(middle, arb_midref(scaled), half, exactly, downwards);
    arf_get_fmpz(significand, middle, ARF_RND_FLOOR);
    if (fmpz_cmp(significand, limit) >= 0) {
      fmpz_add_ui(exponent, exponent, 1);
      continue;
    }
    fmpz_mul_ui(significand, significand, 10);
    if (fmpz_cmp(significand, limit) < 0) {
      fmpz_sub_ui(exponent, exponent, 1);
      continue;
    }
    const auto to_string = [](const fmpz_t number, std::size_t length) {
      std::string all(fmpz_sizeinbase(number, 10) + 2, '\0');
      all = fmpz_get_str(all.data(), 10, number);
      return length == 0 ? all : all.substr(0, length);
    };
    text = to_string(significand, static_cast<std::size_t>(digits));
    if (digits > 1) text.insert(1, ".");
    if (sign < 0) text.insert(0, "-");
    if (!fmpz_is_zero(exponent)) text += "e" + to_string(exponent, 0);
    return true;
  }
  return false;
}

std::string decimal_of(const arf_t numerator, ulong denominator, int digits) {
  if (arf_is_zero(numerator)) return "0";
  const slong bits = 10 * digits / 3 + 96;
  Ball logarithm, divisor;
  Dyadic magnitude;
  arf_abs(magnitude, numerator);
  arb_set_arf(logarithm, magnitude);
  arb_set_ui(divisor, denominator);
  arb_div(logarithm, logarithm, divisor, bits);
  arb_log(logarithm, logarithm, bits);
  std::string text;
  if (!write_decimal(text, arf_sgn(numerator), logarithm, digits, bits)) throw_undecided(1);
  return text;
}

std::string decimal_of_special(const Truth& truth, int digits) {
  if (std::isnan(truth.nearest)) return "nan";
  if (std::isinf(truth.nearest)) return truth.nearest < 0 ? "-inf" : "inf";
  Dyadic value;
  arf_set_d(value, truth.nearest);
  return decimal_of(value, 1, digits);
}

// ---- A row and what is exact about it ---------------------------------------------------------------------------------------

// An ordinary row of softmax, log_softmax, log_sum_exp, softmax_backward or cross_entropy. d_i = t_i - m <= 0 is the distance
// to the largest t; an element is maximal where it is 0.
class Row {
public:
  explicit Row(const Problem& row) : problem(row) {
    const bool falling = row.scale < 0;
    bool first = true;
    for (std::size_t i = 0; i < row.cols; ++i) {
      if (is_masked(row, i)) continue;
      const double x = row.x[i];
      if (first || (falling ? x < top_ : x > top_)) top_ = x;
      if (first || (falling ? x > bottom_ : x < bottom_)) bottom_ = x;
      first = false;
      ++finite;
    }
    arf_set_d(exact_top_, top_);
    arf_set_d(scale_, row.scale);
    arf_mul(largest, scale_, exact_top_, exactly, downwards);
    for (std::size_t i = 0; i < row.cols; ++i) maximal += is_maximal(i);
    if (row.operation != Operation::softmax_backward) return;
    Dyadic g;
    for (std::size_t i = 0; i < row.cols; ++i) {
      if (!is_maximal(i)) continue;
      arf_set_d(g, row.dy[i]);
      arf_add(maximal_gradients, maximal_gradients, g, exactly, downwards);
    }
  }

  bool is_maximal(std::size_t i) const { return problem.x[i] == top_ || (problem.scale == 0 && !is_masked(problem, i)); }
  bool is_minimal(std::size_t i) const { return problem.x[i] == bottom_ || problem.scale == 0; }
  void distance(arf_t d, std::size_t i) const {
    arf_set_d(d, problem.x[i]);
    arf_sub(d, d, exact_top_, exactly, downwards);
    if (problem.scale != 1) arf_mul(d, d, scale_, exactly, downwards);
  }
  // C_i = sum over the maximal j of (g_i - g_j)
  void gradient_against_maximal(arf_t c, double g) const {
    arf_set_d(c, g);
    if (maximal != 1) arf_mul_ui(c, c, maximal, exactly, downwards);
    arf_sub(c, c, maximal_gradients, exactly, downwards);
  }

  bool is_rational() const {
    const bool shares = problem.operation == Operation::softmax || problem.operation == Operation::softmax_backward;
    return shares ? maximal == finite : finite == 1;
  }
  // Where the row is rational: element i's result is numerator / denominator.
  ulong quotient(arf_t numerator, std::size_t i) const {
    switch (problem.operation) {
      case Operation::softmax: arf_one(numerator); return finite;
      case Operation::softmax_backward: gradient_against_maximal(numerator, problem.dy[i]); return finite * finite;
      case Operation::log_sum_exp: arf_set(numerator, largest); return 1;
      default: // the logarithm of 1
        arf_zero(numerator);
        return 1;
    }
  }

  // softmax_backward: whether element i is exactly zero, which it is if and only if sum_j (g_i - g_j) vanishes within every
  // group of equal t. All groups then have the mean g_i, so groups are looked at once for the whole row.
  bool vanishes(std::size_t i) {
    Dyadic c;
    gradient_against_maximal(c, problem.dy[i]);
    if (!arf_is_zero(c)) return false;
    if (!means_known_) {
      means_agree_ = true;
      make_groups();
      Dyadic left, right;
      for (std::size_t group = 1; group < groups() && means_agree_; ++group) {
        gradients_of_group(left, group);
        arf_mul_ui(left, left, maximal, exactly, downwards);
        arf_mul_ui(right, maximal_gradients, size_of_group(group), exactly, downwards);
        means_agree_ = arf_equal(left, right);
      }
      means_known_ = true;
    }
    return means_agree_;
  }

  // softmax_backward of a maximal element: v = D / S^2 with S = k0 + R, D = C + F, R and F sums over the other elements; it
  // lies next to Q = C / k0^2. With S > 0, v - Q has the sign of
  //   k0^2 D - C S^2 = sum_j e^{d_j} (k0^2 (g_i - g_j) - 2 k0 C) - C R^2    (j not maximal),
  // an exponential polynomial with exact exponents d_j and d_j + d_l. The logarithms of its two parts are compared. Where the
  // parts are too near each other for that, its terms are visited by falling exponent; those that cancel are skipped, the first
  // that does not is the unit, and as soon as what has been visited exceeds a bound of all the rest, or all the rest has its
  // sign, that sign is the answer. Returns 0 where that is not reached.
  int side_of_quotient(double g, slong bits);

  // softmax_backward: log |sum_j e^{d_j} (g_i - g_j)| and its sign, relative to the first group whose coefficient does not
  // vanish: for sums that are so small that only their logarithm can be held. 0 where the sign is not certain.
  int logarithm_of_difference(arb_t logarithm, double g, slong bits);

  // log sum e^{d_j} over the elements that are not maximal, relative to the largest of them.
  void logarithm_of_rest(arb_t logarithm, slong bits) {
    Dyadic lead;
    logarithm_of_rest(logarithm, lead, bits);
    arb_add_arf(logarithm, logarithm, lead, bits);
  }

  const Problem& problem;
  std::size_t finite = 0, maximal = 0;
  Dyadic largest;           // m
  Dyadic maximal_gradients; // sum of g over the maximal elements

private:
  // The same as logarithm + lead, lead exact.
  void logarithm_of_rest(arb_t logarithm, arf_t lead, slong bits) {
    make_groups();
    Ball d, e, sum;
    distance(lead, order_[starts_[1]]);
    for (std::size_t group = 1; group < groups(); ++group) {
      distance(arb_midref(d), order_[starts_[group]]);
      arf_sub(arb_midref(d), arb_midref(d), lead, exactly, downwards);
      exponential(e, d, bits);
      arb_mul_ui(e, e, size_of_group(group), bits);
      arb_add(sum, sum, e, bits);
    }
    arb_log(logarithm, sum, bits);
  }
  int side_by_logarithms(double g, const arf_t c, slong bits);

  // Groups of equal t, by falling t: the maximal one first.
  void make_groups() {
    if (!starts_.empty()) return;
    for (std::size_t i = 0; i < problem.cols; ++i)
      if (!is_masked(problem, i)) order_.push_back(static_cast<std::uint32_t>(i));
    std::sort(order_.begin(), order_.end(), [this](std::uint32_t a, std::uint32_t b) {
      return problem.scale < 0 ? problem.x[a] < problem.x[b] : problem.x[a] > problem.x[b];
    });
    for (std::size_t k = 0; k < order_.size(); ++k)
      if (k == 0 || (problem.scale != 0 && problem.x[order_[k]] != problem.x[order_[k - 1]]))
        starts_.push_back(static_cast<std::uint32_t>(k));
    starts_.push_back(static_cast<std::uint32_t>(order_.size()));
  }
  std::size_t groups() const { return starts_.size() - 1; }
  std::size_t size_of_group(std::size_t group) const { return starts_[group + 1] - starts_[group]; }
  void distance_of_group(arf_t d, std::size_t group) const { distance(d, order_[starts_[group]]); }
  void gradients_of_group(arf_t sum, std::size_t group) const {
    Dyadic g;
    arf_zero(sum);
    for (std::size_t k = starts_[group]; k < starts_[group + 1]; ++k) {
      arf_set_d(g, problem.dy[order_[k]]);
      arf_add(sum, sum, g, exactly, downwards);
    }
  }
  // sum over the group's j of (g - g_j)
  void gradient_against_group(arf_t c, double g, std::size_t group) const {
    Dyadic sum;
    gradients_of_group(sum, group);
    arf_set_d(c, g);
    arf_mul_ui(c, c, size_of_group(group), exactly, downwards);
    arf_sub(c, c, sum, exactly, downwards);
  }

  double top_ = 0, bottom_ = 0;
  Dyadic exact_top_, scale_;
  bool means_known_ = false, means_agree_ = false;
  std::vector<std::uint32_t> order_, starts_;
  std::unordered_map<double, int> sides_; // that were found, by g
};

// A - C R^2, A the part of the first order, for C not 0: its sign is A's or -C's, whichever is larger in magnitude.
int Row::side_by_logarithms(double g, const arf_t c, slong bits) {
  const ulong k0 = maximal;
  Dyadic coefficient, number, lead;
  Ball first_order, gap, term;
  bool has_lead = false;
  for (std::size_t group = 1; group < groups(); ++group) {
    gradient_against_group(coefficient, g, group);
    arf_mul_ui(coefficient, coefficient, k0 * k0, exactly, downwards);
    arf_mul_ui(number, c, 2 * k0 * size_of_group(group), exactly, downwards);
    arf_sub(coefficient, coefficient, number, exactly, downwards);
    if (arf_is_zero(coefficient)) continue;
    distance_of_group(arb_midref(gap), group);
    if (!has_lead) arf_set(lead, arb_midref(gap));
    has_lead = true;
    arf_sub(arb_midref(gap), arb_midref(gap), lead, exactly, downwards);
    exponential(term, gap, bits);
    arb_mul_arf(term, term, coefficient, bits);
    arb_add(first_order, first_order, term, bits);
  }
  const int side_of_square = -arf_sgn(c);
  if (!has_lead) return side_of_square;
  if (arb_contains_zero(first_order)) return 0;
  const int side_of_first_order = arf_sgn(arb_midref(first_order));
  if (side_of_first_order == side_of_square) return side_of_square;
  // log |A| - log |C R^2|, the difference of the leading exponents exactly.
  Ball excess, of_rest, of_c;
  Dyadic lead_of_rest;
  logarithm_of_rest(of_rest, lead_of_rest, bits);
  arb_abs(first_order, first_order);
  arb_log(excess, first_order, bits);
  arb_submul_ui(excess, of_rest, 2, bits);
  arf_abs(arb_midref(of_c), c);
  arb_log(of_c, of_c, bits);
  arb_sub(excess, excess, of_c, bits);
  arf_mul_2exp_si(lead_of_rest, lead_of_rest, 1);
  arf_sub(lead, lead, lead_of_rest, exactly, downwards);
  arb_add_arf(excess, excess, lead, bits);
  if (arb_contains_zero(excess)) return 0;
  return arf_sgn(arb_midref(excess)) > 0 ? side_of_first_order : side_of_square;
}

int Row::side_of_quotient(double g, slong bits) {
  if (const auto known = sides_.find(g); known != sides_.end()) return known->second;
  make_groups();
  const ulong k0 = maximal;
  Dyadic c;
  gradient_against_maximal(c, g);
  if (const int side = side_by_logarithms(g, c, bits)) return sides_[g] = side;

  // The sum of all coefficients' magnitudes: at most k0^2 (n |g| + sum |g_j|) + 2 k0 n |C| + n^2 |C|.
  Bound remaining, part;
  Dyadic number;
  arf_set_d(number, g);
  arf_get_mag(part, number);
  mag_mul_ui(remaining, part, finite);
  for (std::size_t j = 0; j < problem.cols; ++j) {
    if (is_masked(problem, j)) continue;
    arf_set_d(number, problem.dy[j]);
    arf_get_mag(part, number);
    mag_add(remaining, remaining, part);
  }
  mag_mul_ui(remaining, remaining, k0 * k0);
  arf_get_mag(part, c);
  mag_mul_ui(part, part, 2 * k0 * finite + finite * finite);
  mag_add(remaining, remaining, part);

  // Terms of the first order wait in the order of the groups; those of the second, of groups (a, b) with a <= b, in a heap
  // that holds the next b for every a that was reached.
  struct Pair {
    std::size_t a, b;
    std::unique_ptr<Dyadic> exponent;
  };
  const auto is_later = [](const Pair& left, const Pair& right) { return arf_cmp(*left.exponent, *right.exponent) < 0; };
  std::vector<Pair> pairs;
  const auto push_pair = [&](std::size_t a, std::size_t b) {
    if (b >= groups()) return;
    Pair pair{a, b, std::make_unique<Dyadic>()};
    Dyadic other;
    distance_of_group(*pair.exponent, a);
    distance_of_group(other, b);
    arf_add(*pair.exponent, *pair.exponent, other, exactly, downwards);
    pairs.push_back(std::move(pair));
    std::push_heap(pairs.begin(), pairs.end(), is_later);
  };
  std::size_t first_order = 1;
  push_pair(1, 1);
  const auto next_exponent = [&](arf_t exponent) {
    if (first_order < groups()) distance_of_group(exponent, first_order);
    if (pairs.empty()) return first_order < groups();
    if (first_order >= groups() || arf_cmp(*pairs.front().exponent, exponent) > 0) arf_set(exponent, *pairs.front().exponent);
    return true;
  };

  Dyadic exponent, of_group, coefficient, lead;
  Ball sum, gap, term;
  bool has_lead = false;
  // Of terms, and of pairs on the way: those that cancel cost little.
  std::size_t visits_left = 4 * groups() + 100000, pairs_left = 100 * visits_left;
  bool more = next_exponent(exponent);
  while (more) {
    // Everything with this exponent.
    arf_zero(coefficient);
    if (first_order < groups()) distance_of_group(of_group, first_order);
    if (first_order < groups() && arf_equal(of_group, exponent)) {
      gradient_against_group(coefficient, g, first_order);
      arf_mul_ui(coefficient, coefficient, k0 * k0, exactly, downwards);
      arf_mul_ui(number, c, 2 * k0 * size_of_group(first_order), exactly, downwards);
      arf_sub(coefficient, coefficient, number, exactly, downwards);
      ++first_order;
    }
    while (!pairs.empty() && arf_equal(*pairs.front().exponent, exponent)) {
      const std::size_t a = pairs.front().a, b = pairs.front().b;
      std::pop_heap(pairs.begin(), pairs.end(), is_later);
      pairs.pop_back();
      arf_mul_ui(number, c, (a == b ? 1 : 2) * size_of_group(a) * size_of_group(b), exactly, downwards);
      arf_sub(coefficient, coefficient, number, exactly, downwards);
      if (a == b) push_pair(a + 1, a + 1);
      push_pair(a, b + 1);
      if (pairs_left-- == 0) return 0;
    }

    if (!arf_is_zero(coefficient)) {
      if (visits_left-- == 0) return 0;
      if (!has_lead) arf_set(lead, exponent);
      has_lead = true;
      arf_sub(arb_midref(gap), exponent, lead, exactly, downwards);
      exponential(term, gap, bits);
      arb_mul_arf(term, term, coefficient, bits);
      arb_add(sum, sum, term, bits);
    }
    more = next_exponent(exponent);
    // Only pairs are left, and all of them have the sign of -C.
    if (!has_lead && first_order >= groups()) return sides_[g] = -arf_sgn(c);
    if (!has_lead || arb_contains_zero(sum)) continue;
    if (first_order >= groups() && arf_sgn(arb_midref(sum)) == -arf_sgn(c)) return sides_[g] = -arf_sgn(c);
    Bound rest, certain;
    if (more) {
      arf_sub(arb_midref(gap), exponent, lead, exactly, downwards);
      exponential(term, gap, bits);
      arb_get_mag(rest, term);
      mag_mul(rest, rest, remaining);
    }
    arb_get_mag_lower(certain, sum);
    if (mag_cmp(certain, rest) > 0) return sides_[g] = arf_sgn(arb_midref(sum));
  }
  return 0;
}

int Row::logarithm_of_difference(arb_t logarithm, double g, slong bits) {
  make_groups();
  Dyadic lead, coefficient;
  Ball sum, gap, term;
  bool has_lead = false;
  for (std::size_t group = 0; group < groups(); ++group) {
    gradient_against_group(coefficient, g, group);
    if (arf_is_zero(coefficient)) continue;
    distance_of_group(arb_midref(gap), group);
    if (!has_lead) arf_set(lead, arb_midref(gap));
    has_lead = true;
    arf_sub(arb_midref(gap), arb_midref(gap), lead, exactly, downwards);
    exponential(term, gap, bits);
    arb_mul_arf(term, term, coefficient, bits);
    arb_add(sum, sum, term, bits);
  }
  if (!has_lead || arb_contains_zero(sum)) return 0;
  arb_abs(logarithm, sum);
  arb_log(logarithm, logarithm, bits);
  arb_add_arf(logarithm, logarithm, lead, bits);
  return arf_sgn(arb_midref(sum));
}

// ---- A row at one precision -------------------------------------------------------------------------------------------------

// With k0 maximal elements, S = k0 + R and, for gradients, sum_j e^{d_j} (g_i - g_j) = C_i + g_i R - V. R and V, the sums over
// the others, keep their relative accuracy however small they are, and C_i is exact: so a dominating element costs no digits.
class Stage {
public:
  // Keeping the exponentials halves the work for the results of the whole row; later stages answer for few.
  Stage(const Row& row, slong bits, bool keep)
      : row_(row),
        bits_(bits),
        kept_(keep && needs_exponentials(row.problem.operation) ? row.problem.cols : 0),
        keeps_(keep && needs_exponentials(row.problem.operation)) {
    const Problem& problem = row.problem;
    const bool weighs = problem.operation == Operation::softmax_backward;
    Ball own;
    for (std::size_t j = 0; j < problem.cols; ++j) {
      if (is_masked(problem, j)) continue;
      arb_ptr e = keeps_ ? kept_[j] : static_cast<arb_ptr>(own);
      if (row.is_maximal(j)) {
        arb_one(e);
        continue;
      }
      row.distance(arb_midref(distance_), j);
      exponential(e, distance_, bits);
      arb_add(rest_, rest_, e, bits);
      if (!weighs) continue;
      arf_set_d(number_, problem.dy[j]);
      arb_addmul_arf(weighted_, e, number_, bits);
    }
    if (needs_exponentials(problem.operation)) {
      arb_add_ui(inverse_, rest_, row.maximal, bits);
      arb_inv(inverse_, inverse_, bits);
      if (weighs) arb_mul(inverse_, inverse_, inverse_, bits);
    } else {
      log_of_sum(log_sum_);
    }
  }

  // The result that belongs to element i (any, for log_sum_exp).
  void result(arb_t v, std::size_t i) {
    switch (row_.problem.operation) {
      case Operation::softmax: arb_mul(v, exponential_of(i), inverse_, bits_); return;
      case Operation::softmax_backward:
        difference(v, i);
        if (!row_.is_maximal(i)) arb_mul(v, v, exponential_of(i), bits_);
        arb_mul(v, v, inverse_, bits_);
        return;
      case Operation::log_sum_exp: arb_add_arf(v, log_sum_, row_.largest, bits_); return;
      default: // log_softmax, cross_entropy
        row_.distance(number_, i);
        arb_sub_arf(v, log_sum_, number_, bits_);
        if (row_.problem.operation == Operation::log_softmax) arb_neg(v, v);
        return;
    }
  }

  // The same as a sign and the logarithm of the magnitude; 0 where the sign is not certain.
  int logarithm(arb_t v, Row& row, std::size_t i, int digits) {
    const Operation operation = row.problem.operation;
    if (needs_exponentials(operation)) {
      int sign = 1;
      Ball part;
      Dyadic distance;
      row.distance(distance, i);
      log_of_sum(part);
      if (operation == Operation::softmax) {
        arb_neg(v, part);
      } else {
        difference(v, i);
        sign = arf_sgn(arb_midref(v));
        if (arb_rel_accuracy_bits(v) < 10 * digits / 3 + 16) {
          sign = row.logarithm_of_difference(v, row.problem.dy[i], bits_);
        } else {
          arb_abs(v, v);
          arb_log(v, v, bits_);
        }
        arb_submul_ui(v, part, 2, bits_);
      }
      arb_add_arf(v, v, distance, bits_);
      return sign;
    }
    // log1p(R) without a number beside it. Where R is so small that its ball contains 0, R < 2^24 2^-far_bits, and
    // log log1p(R) = log R up to R.
    const bool alone = operation == Operation::log_sum_exp ? arf_is_zero(row.largest) : row.is_maximal(i);
    if (alone && row.maximal == 1 && arb_contains_zero(rest_)) {
      row.logarithm_of_rest(v, bits_);
      Bound relative;
      mag_set_ui_2exp_si(relative, 1, -far_bits / 2);
      arb_add_error_mag(v, relative);
      return operation == Operation::log_softmax ? -1 : 1;
    }
    result(v, i);
    if (arb_contains_zero(v)) return 0;
    const int sign = arf_sgn(arb_midref(v));
    arb_abs(v, v);
    arb_log(v, v, bits_);
    return sign;
  }

private:
  static bool needs_exponentials(Operation operation) {
    return operation == Operation::softmax || operation == Operation::softmax_backward;
  }
  arb_srcptr exponential_of(std::size_t i) {
    if (keeps_) return kept_[i];
    row_.distance(arb_midref(distance_), i);
    exponential(recomputed_, distance_, bits_);
    return recomputed_;
  }
  void log_of_sum(arb_t v) {
    arb_add_ui(v, rest_, row_.maximal - 1, bits_);
    arb_log1p(v, v, bits_);
  }
  // sum_j e^{d_j} (g_i - g_j)
  void difference(arb_t v, std::size_t i) {
    arf_set_d(number_, row_.problem.dy[i]);
    arb_mul_arf(v, rest_, number_, bits_);
    arb_sub(v, v, weighted_, bits_);
    row_.gradient_against_maximal(number_, row_.problem.dy[i]);
    arb_add_arf(v, v, number_, bits_);
  }

  const Row& row_;
  slong bits_;
  Balls kept_;
  bool keeps_;
  Ball rest_, weighted_; // R, V
  Ball inverse_;         // 1/S, for gradients 1/S^2
  Ball log_sum_, distance_, recomputed_;
  Dyadic number_;
};

// What is known of an irrational result by argument: it lies strictly on one side of a number that precision would not part
// from it. False where nothing is known. Only dyadic numbers matter: nothing else is a boundary.
bool narrow_share(Rounder& rounder, const Row& row, std::size_t i, Dyadic& number) {
  // 1/k < p_i < 1/k0 for a maximal element, p_i < 1/k for a minimal one.
  const bool is_maximal = row.is_maximal(i);
  if (!is_maximal && !row.is_minimal(i)) return false;
  if (is_maximal && std::has_single_bit(row.maximal)) {
    arf_set_si_2exp_si(number, 1, -std::countr_zero(row.maximal));
    rounder.lower_high(number);
  }
  if (std::has_single_bit(row.finite)) {
    arf_set_si_2exp_si(number, 1, -std::countr_zero(row.finite));
    is_maximal ? rounder.raise_low(number) : rounder.lower_high(number);
  }
  return true;
}
bool narrow_gradient(Rounder& rounder, Row& row, std::size_t i, Dyadic& number, slong bits) {
  if (!row.is_maximal(i)) return false;
  // Q = C / k0^2, if it is dyadic and not 0.
  row.gradient_against_maximal(number, row.problem.dy[i]);
  if (arf_is_zero(number)) return false;
  Integer significand, exponent;
  arf_get_fmpz_2exp(significand, exponent, number);
  const int twos = std::countr_zero(row.maximal);
  const ulong odd = (row.maximal >> twos) * (row.maximal >> twos);
  if (fmpz_fdiv_ui(significand, odd) != 0) return false;
  fmpz_divexact_ui(significand, significand, odd);
  fmpz_sub_ui(exponent, exponent, static_cast<ulong>(2 * twos));
  arf_set_fmpz_2exp(number, significand, exponent);
  const int side = row.side_of_quotient(row.problem.dy[i], bits);
  if (side > 0) rounder.raise_low(number);
  if (side < 0) rounder.lower_high(number);
  return side != 0;
}
bool narrow(Rounder& rounder, Row& row, std::size_t i, Dyadic& number, slong bits) {
  switch (row.problem.operation) {
    case Operation::softmax: return narrow_share(rounder, row, i, number);
    case Operation::softmax_backward: return narrow_gradient(rounder, row, i, number, bits);
    case Operation::log_sum_exp: // m + log S
      rounder.raise_low(row.largest);
      return true;
    case Operation::log_softmax: // d_i - log S
      row.distance(number, i);
      rounder.lower_high(number);
      return true;
    default: // cross_entropy: log S - d_i
      row.distance(number, i);
      arf_neg(number, number);
      rounder.raise_low(number);
      return true;
  }
}

// ---- The gradient from the output: rational ---------------------------------------------------------------------------------

class FromOutput {
public:
  explicit FromOutput(const Problem& row) : problem_(row) {
    Dyadic x, g;
    for (std::size_t k = 0; k < row.cols; ++k) {
      arf_set_d(x, row.x[k]);
      arf_set_d(g, row.dy[k]);
      arb_addmul_arf(sum_, as_ball(x), g, first_bits);
    }
  }
  void result(arb_t v, std::size_t i) {
    arf_set_d(number_, problem_.dy[i]);
    arb_sub_arf(v, sum_, number_, first_bits);
    arb_neg(v, v);
    arf_set_d(number_, problem_.x[i]);
    arb_mul_arf(v, v, number_, first_bits);
  }
  void exact_result(arf_t v, std::size_t i) {
    if (!exact_sum_known_) {
      Dyadic x, g;
      for (std::size_t k = 0; k < problem_.cols; ++k) {
        arf_set_d(x, problem_.x[k]);
        arf_set_d(g, problem_.dy[k]);
        arf_addmul(exact_sum_, x, g, exactly, downwards);
      }
      exact_sum_known_ = true;
    }
    arf_set_d(v, problem_.dy[i]);
    arf_sub(v, v, exact_sum_, exactly, downwards);
    arf_set_d(number_, problem_.x[i]);
    arf_mul(v, v, number_, exactly, downwards);
  }

private:
  arb_srcptr as_ball(const arf_t x) {
    arf_set(arb_midref(ball_), x);
    return ball_;
  }
  const Problem& problem_;
  Ball sum_, ball_;
  Dyadic exact_sum_, number_;
  bool exact_sum_known_ = false;
};

// ---- Rows to results --------------------------------------------------------------------------------------------------------

// Calls ordinary(row, first result, number of results) for every ordinary row and special(result, truth) for every result of
// the other rows. sigmoid of t is the first result of the softmax of (t, 0), and so it arrives: a row of two, one result wanted.
template <class Ordinary, class Special> void visit(const Problem& problem, const Ordinary& ordinary, const Special& special) {
  thread_caches.use();
  require_well_formed(problem);
  if (problem.operation == Operation::sigmoid) {
    std::array<double, 2> pair{};
    Problem row{Operation::softmax, problem.format, 1, 2, pair, problem.scale};
    for (std::size_t i = 0; i < problem.x.size(); ++i) {
      const double t = class_of_product(problem.x[i], problem.scale);
      pair[0] = problem.x[i];
      if (t == 0)
        ordinary(row, i, 1);
      else
        special(i, special_sigmoid(problem.format, t));
    }
    return;
  }
  const std::size_t count = results_of_row(problem.operation, problem.cols);
  std::vector<Truth> decided(count);
  for (std::size_t r = 0; r < problem.rows; ++r) {
    const Problem row = row_of(problem, r);
    const RowClass row_class = class_of_row(row);
    if (row_class != RowClass::ordinary) {
      special_truths(row, row_class, decided);
      for (std::size_t k = 0; k < count; ++k) special(r * count + k, decided[k]);
      continue;
    }
    ordinary(row, r * count, count);
  }
}

// The element that result k of a row belongs to; log_sum_exp's belongs to all.
std::size_t element_of(const Problem& row, std::size_t k) {
  return row.operation == Operation::cross_entropy ? static_cast<std::size_t>(row.target[0]) : k;
}
bool is_masked_result(const Problem& row, std::size_t k) {
  return row.operation != Operation::log_sum_exp && is_masked(row, element_of(row, k));
}

void truths_from_output(const Problem& row, int resolution, std::span<Truth> results) {
  FromOutput from(row);
  Rounder rounder(row.format, resolution);
  Ball v;
  Dyadic exact;
  for (std::size_t i = 0; i < results.size(); ++i) {
    from.result(v, i);
    rounder.set(v, first_bits);
    if (rounder.decide(results[i], Nature::unknown)) continue;
    from.exact_result(exact, i);
    results[i] = truth_of_quotient(row.format, resolution, exact, 1);
  }
}

void truths_of_row(const Problem& problem, int resolution, std::span<Truth> results) {
  if (problem.operation == Operation::softmax_backward_from_output) return truths_from_output(problem, resolution, results);
  Row row(problem);
  std::vector<std::uint32_t> pending;
  for (std::size_t k = 0; k < results.size(); ++k) {
    if (is_masked_result(problem, k))
      results[k] = masked_truth(problem.operation, problem.format);
    else
      pending.push_back(static_cast<std::uint32_t>(k));
  }
  if (pending.empty()) return;
  Dyadic number;
  if (row.is_rational()) {
    Truth same{};
    for (const std::uint32_t k : pending) {
      // Only gradients differ from element to element.
      if (k == pending.front() || problem.operation == Operation::softmax_backward) {
        const ulong denominator = row.quotient(number, element_of(problem, k));
        same = truth_of_quotient(problem.format, resolution, number, denominator);
      }
      results[k] = same;
    }
    return;
  }

  Rounder rounder(problem.format, resolution);
  Ball v;
  for (slong bits = first_bits; bits <= last_bits && !pending.empty(); bits = next_precision(bits)) {
    Stage stage(row, bits, bits == first_bits);
    const auto is_decided = [&](std::uint32_t k) {
      const std::size_t i = element_of(problem, k);
      stage.result(v, i);
      // A zero is told by argument: a ball around it would pass for a number that underflows.
      if (problem.operation == Operation::softmax_backward && arb_contains_zero(v) && row.vanishes(i)) {
        results[k] = zero_truth(problem.format);
        return true;
      }
      rounder.set(v, bits);
      return rounder.decide(results[k], Nature::irrational) ||
             (narrow(rounder, row, i, number, bits) && rounder.decide(results[k], Nature::irrational));
    };
    pending.erase(std::remove_if(pending.begin(), pending.end(), is_decided), pending.end());
  }
  if (!pending.empty()) throw_undecided(problem.cols);
}

void truths(const Problem& problem, int resolution, std::span<Truth> results) {
  visit(
      problem,
      [&](const Problem& row, std::size_t first, std::size_t count) {
        truths_of_row(row, resolution, results.subspan(first, count));
      },
      [&](std::size_t k, const Truth& truth) { results[k] = truth; });
}

void enclosures(const Problem& problem, std::span<Enclosure> results) {
  visit(
      problem,
      [&](const Problem& row, std::size_t first, std::size_t count) {
        Ball v;
        if (row.operation == Operation::softmax_backward_from_output) {
          FromOutput from(row);
          for (std::size_t k = 0; k < count; ++k) {
            from.result(v, k);
            results[first + k] = enclosure_of(v);
          }
          return;
        }
        const Row exact(row);
        Stage stage(exact, first_bits, true);
        for (std::size_t k = 0; k < count; ++k) {
          if (is_masked_result(row, k)) {
            results[first + k] = special_enclosure(masked_truth(row.operation, row.format));
            continue;
          }
          stage.result(v, element_of(row, k));
          results[first + k] = enclosure_of(v);
        }
      },
      [&](std::size_t k, const Truth& truth) { results[k] = special_enclosure(truth); });
}

void decimals_of_row(const Problem& problem, int digits, std::span<std::string> results) {
  Dyadic number;
  if (problem.operation == Operation::softmax_backward_from_output) {
    FromOutput from(problem);
    for (std::size_t k = 0; k < results.size(); ++k) {
      from.exact_result(number, k);
      results[k] = decimal_of(number, 1, digits);
    }
    return;
  }
  Row row(problem);
  std::vector<std::size_t> pending;
  for (std::size_t k = 0; k < results.size(); ++k) {
    const std::size_t i = element_of(problem, k);
    if (is_masked_result(problem, k)) {
      results[k] = decimal_of_special(masked_truth(problem.operation, problem.format), digits);
    } else if (row.is_rational()) {
      const ulong denominator = row.quotient(number, i);
      results[k] = decimal_of(number, denominator, digits);
    } else if (problem.operation == Operation::softmax_backward && row.vanishes(i)) {
      results[k] = "0";
    } else {
      pending.push_back(k);
    }
  }
  Ball v;
  for (slong bits = 4 * digits + 64; bits <= last_bits && !pending.empty(); bits = next_precision(bits)) {
    Stage stage(row, bits, false);
    const auto is_written = [&](std::size_t k) {
      const int sign = stage.logarithm(v, row, element_of(problem, k), digits);
      return sign != 0 && write_decimal(results[k], sign, v, digits, bits);
    };
    pending.erase(std::remove_if(pending.begin(), pending.end(), is_written), pending.end());
  }
  if (!pending.empty()) throw_undecided(problem.cols);
}

std::vector<std::string> decimals(const Problem& problem, int digits) {
  std::vector<std::string> results(result_count(problem));
  visit(
      problem,
      [&](const Problem& row, std::size_t first, std::size_t count) {
        decimals_of_row(row, digits, std::span(results).subspan(first, count));
      },
      [&](std::size_t k, const Truth& truth) { results[k] = decimal_of_special(truth, digits); });
  return results;
}

std::string version() { return library_versions(); }

} // namespace

extern constinit const Oracle arb{"arb",    "independent: ball arithmetic with FLINT/Arb", &version, &truths, &enclosures,
                                  &decimals};

} // namespace softmax_audit::oracles
