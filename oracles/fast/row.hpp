// What the fast oracle's stages are given: one row that special values do not decide, and room to work in. Lanes are filled
// and written with the helpers at the end. For files that Highway compiles once per target.
#if defined(SOFTMAX_AUDIT_ORACLES_FAST_ROW_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SOFTMAX_AUDIT_ORACLES_FAST_ROW_HPP
#undef SOFTMAX_AUDIT_ORACLES_FAST_ROW_HPP
#else
#define SOFTMAX_AUDIT_ORACLES_FAST_ROW_HPP
#endif

#include "oracles/fast/double_double.hpp"
#include "oracles/fast/rounding.hpp"
#include "oracles/special_values.hpp"
#include "oracles/ulp.hpp"

#include <array>
#include <cstring>
#include <limits>
#include <vector>

#include "oracles/fast/task.hpp"

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

using fast::Task;
using fast::Workspace;

constexpr std::size_t lanes = HWY_LANES(double);
constexpr double infinity = std::numeric_limits<double>::infinity();

// Calls body(i, count) for vectors of elements from begin to end; only the last may have count < lanes.
template <class Body> HWY_INLINE void each_vector(std::size_t begin, std::size_t end, Body body) {
  // One call, so that the compiler puts the body into the loop and keeps sums and constants in registers.
  for (std::size_t i = begin; i < end; i += lanes) body(i, std::min(lanes, end - i));
}
HWY_INLINE V load(const double* from, std::size_t count, double fill) {
  if (HWY_LIKELY(count == lanes)) return hn::LoadU(D(), from);
  HWY_ALIGN double buffer[lanes];
  for (std::size_t lane = 0; lane < lanes; ++lane) buffer[lane] = lane < count ? from[lane] : fill;
  return hn::Load(D(), buffer);
}
HWY_INLINE void store(V value, double* to, std::size_t count) {
  if (HWY_LIKELY(count == lanes)) return hn::StoreU(value, D(), to);
  HWY_ALIGN double buffer[lanes];
  hn::Store(value, D(), buffer);
  for (std::size_t lane = 0; lane < count; ++lane) to[lane] = buffer[lane];
}

HWY_INLINE V two_sum_of(V a, V b, V& error) {
  const V sum = hn::Add(a, b), b_part = hn::Sub(sum, a);
  error = hn::Add(hn::Sub(a, hn::Sub(sum, b_part)), hn::Sub(b, b_part));
  return sum;
}
HWY_INLINE V fast_two_sum_of(V a, V b, V& error) {
  const V sum = hn::Add(a, b);
  error = hn::Sub(b, hn::Sub(sum, a));
  return sum;
}
// Of all lanes, pairwise: short rows would feel a sum one after another.
HWY_INLINE DoubleDouble sum_of(std::array<DoubleDouble, lanes>& parts) {
  for (std::size_t width = lanes / 2; width >= 1; width /= 2)
    for (std::size_t lane = 0; lane < width; ++lane) parts[lane] = parts[lane] + parts[lane + width];
  return parts[0];
}

// Sums of many numbers, or pairs of them, in each lane. The rounding errors of the sum are summed, and their own rounding errors
// too; what is lost then is lost_in_lanes(n) of sum |v|.
class Accumulator {
public:
  // Written out: an implied constructor would be compiled for no instruction set in particular.
  HWY_INLINE Accumulator() : high_(hn::Zero(D())), low_(hn::Zero(D())), lowest_(hn::Zero(D())), errors_(hn::Zero(D())) {}
  HWY_INLINE void add(V v) {
    V error;
    high_ = two_sum_of(high_, v, error);
    add_low(error);
  }
  HWY_INLINE void add(V v, V v_low) {
    add(v);
    add_low(v_low);
  }
  // Of all lanes; relative error of the lanes' sum below 8 double_double_unit of sum |v|.
  DoubleDouble total() const {
    HWY_ALIGN double high[lanes], low[lanes], lowest[lanes];
    hn::Store(high_, D(), high);
    hn::Store(low_, D(), low);
    hn::Store(lowest_, D(), lowest);
    std::array<DoubleDouble, lanes> parts;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const DoubleDouble part = two_sum(high[lane], low[lane]);
      parts[lane] = fast_two_sum(part.high, part.low + lowest[lane]);
    }
    return sum_of(parts);
  }
  // Is what was added exactly sum? Distilled: sums of neighbours and their errors, over and over, until all are 0; anything else
  // counts as no.
  bool adds_up_to(DoubleDouble sum) const {
    if (!hn::AllTrue(D(), hn::Eq(hn::Abs(errors_), hn::Zero(D())))) return false;
    std::array<double, 2 * lanes + 2> parts;
    hn::StoreU(high_, D(), &parts[0]);
    hn::StoreU(low_, D(), &parts[lanes]);
    parts[2 * lanes] = -sum.high;
    parts[2 * lanes + 1] = -sum.low;
    for (int pass = 0; pass < 8; ++pass) {
      for (std::size_t k = 1; k < parts.size(); ++k) {
        const DoubleDouble pair = two_sum(parts[k], parts[k - 1]);
        parts[k] = pair.high;
        parts[k - 1] = pair.low;
      }
      if (std::all_of(parts.begin(), parts.end(), [](double part) { return part == 0; })) return true;
    }
    return false;
  }

private:
  HWY_INLINE void add_low(V v) {
    V error;
    low_ = two_sum_of(low_, v, error);
    lowest_ = hn::Add(lowest_, error);
    errors_ = hn::Or(errors_, error); // bits: what was not 0 once stays so, though lowest_ may forget it
  }
  V high_, low_, lowest_, errors_;
};

// d + d_low - excess, normalized. Rounded are only the low parts: a logit that is huge does not make the radius so.
HWY_INLINE V difference_of(V d, V d_low, DoubleDouble excess, V& low, V& radius) {
  V error;
  const V difference = two_sum_of(d, set(-excess.high), error);
  const V rest = hn::Sub(d_low, set(excess.low));
  radius = hn::Mul(hn::Add(hn::Abs(error), hn::Abs(rest)), set(0x1p-51));
  return fast_two_sum_of(difference, hn::Add(error, rest), low);
}

// n elements of a row are n / lanes of a lane, N; the errors of N sums are below u sum |v|, their own sums' 2 N errors below
// (N + 1) u^2 sum |v|, and the 2 N roundings of the sum of those below 2 N (N + 1) u^3 sum |v|.
inline double lost_in_lanes(std::size_t n) {
  const double in_lane = static_cast<double>(n / lanes + 2);
  return 4 * in_lane * in_lane * in_lane * 0x1p-159;
}

// The same with two parts: for numbers that are off by 2^-53 themselves. Lost: N^2 u^2 of sum |v|, below 2^-62 for any row.
class ShortAccumulator {
public:
  HWY_INLINE ShortAccumulator() : high_(hn::Zero(D())), low_(hn::Zero(D())) {}
  HWY_INLINE void add(V v) {
    const V sum = hn::Add(high_, v), v_part = hn::Sub(sum, high_);
    low_ = hn::Add(low_, hn::Add(hn::Sub(high_, hn::Sub(sum, v_part)), hn::Sub(v, v_part)));
    high_ = sum;
  }
  DoubleDouble total() const {
    HWY_ALIGN double high[lanes], low[lanes];
    hn::Store(high_, D(), high);
    hn::Store(low_, D(), low);
    std::array<DoubleDouble, lanes> parts;
    for (std::size_t lane = 0; lane < lanes; ++lane) parts[lane] = two_sum(high[lane], low[lane]);
    return sum_of(parts);
  }

private:
  V high_, low_;
};

HWY_INLINE M nothing() { return hn::Ne(hn::Zero(D()), hn::Zero(D())); }

// Lanes whose truth is known by argument, to within a radius.
struct Known {
  M where;
  Truth truth;
  double radius;
};

// Where a stage's results go: rounded, into Truths. What is not decided is noted in `open`.
class TruthSink {
public:
  TruthSink(Format format, int resolution, std::span<Truth> results, std::vector<std::size_t>& open)
      : format_(format), resolution_(resolution), rounding_(format, resolution), results_(results), open_(open) {}

  HWY_INLINE void positive(std::size_t i, std::size_t count, V a, double relative) {
    write(i, count, rounding_.positive(a, set(relative)));
  }
  template <std::size_t N>
  HWY_INLINE void positive(std::size_t i, std::size_t count, V a, double relative, const std::array<Known, N>& known) {
    Decided decided = rounding_.positive(a, set(relative));
    for (const Known& lanes_known : known) Rounding::replace(decided, lanes_known.where, lanes_known.truth);
    write(i, count, decided);
  }
  HWY_INLINE void of_any_sign(std::size_t i, std::size_t count, V v, V radius, M known, const Truth& truth) {
    Decided decided = rounding_.of_any_sign(v, radius);
    Rounding::replace(decided, known, truth);
    write(i, count, decided);
  }
  template <std::size_t N>
  HWY_INLINE void pair(std::size_t i, std::size_t count, V high, V low, V k, V radius, const std::array<Known, N>& known) {
    Decided decided = rounding_.pair(high, low, k, radius, nothing());
    for (const Known& lanes_known : known) Rounding::replace(decided, lanes_known.where, lanes_known.truth);
    write(i, count, decided);
  }
  template <bool Beside = false>
  HWY_INLINE void pair(std::size_t i, std::size_t count, V high, V low, V k, V radius, M known, const Truth& truth,
                       V beside = hn::Zero(D()), double side = 0, M exact = nothing()) {
    Decided decided = rounding_.pair<Beside>(high, low, k, radius, exact, beside, side);
    Rounding::replace(decided, known, truth);
    write(i, count, decided);
  }
  void known(std::size_t i, const Truth& truth, double /*radius*/) { results_[i] = truth; }
  void open(std::size_t i) { open_.push_back(i); }
  Format format() const { return format_; }
  int resolution() const { return resolution_; }

private:
  HWY_INLINE void write(std::size_t i, std::size_t count, const Decided& decided) {
    const V word = hn::BitCast(D(), decided.word);
    if (HWY_LIKELY(count == lanes)) {
      hn::StoreInterleaved3(decided.nearest, decided.tail, word, D(), reinterpret_cast<double*>(&results_[i]));
    } else {
      HWY_ALIGN double buffer[3 * lanes];
      hn::StoreInterleaved3(decided.nearest, decided.tail, word, D(), buffer);
      std::memcpy(static_cast<void*>(&results_[i]), buffer, count * sizeof(Truth));
    }
    if (HWY_LIKELY(hn::AllFalse(D(), decided.open))) return;
    HWY_ALIGN double flags[lanes];
    hn::Store(hn::IfThenElseZero(decided.open, set(1)), D(), flags);
    for (std::size_t lane = 0; lane < count; ++lane)
      if (flags[lane] != 0) open_.push_back(i + lane);
  }

  Format format_;
  int resolution_;
  Rounding rounding_;
  std::span<Truth> results_;
  std::vector<std::size_t>& open_;
};

// As they are, into Enclosures; what is `open` has an infinite radius.
class EnclosureSink {
public:
  EnclosureSink(Format format, std::span<Enclosure> results) : format_(format), results_(results) {}

  void positive(std::size_t i, std::size_t count, V a, double relative) {
    write(i, count, a, hn::Zero(D()), hn::Zero(D()), hn::Mul(a, set(relative * (1 + 0x1p-50))), hn::Zero(D()));
    widen_stand_ins(i, count, false);
  }
  template <std::size_t N>
  void positive(std::size_t i, std::size_t count, V a, double relative, const std::array<Known, N>& known) {
    positive(i, count, a, relative);
    replace(i, count, known);
  }
  template <std::size_t N>
  void pair(std::size_t i, std::size_t count, V high, V low, V k, V radius, const std::array<Known, N>& known) {
    pair(i, count, high, low, k, radius, nothing(), Truth{});
    replace(i, count, known);
  }
  void of_any_sign(std::size_t i, std::size_t count, V v, V radius, M known, const Truth& truth) {
    pair(i, count, v, hn::Zero(D()), hn::Zero(D()), radius, known, truth);
  }
  template <bool Beside = false>
  void pair(std::size_t i, std::size_t count, V high, V low, V k, V radius, M known, const Truth& truth,
            V beside = hn::Zero(D()), double /*side*/ = 0, M /*exact*/ = nothing()) {
    write(i, count, high, low, k, hn::Mul(hn::Add(radius, beside), set(1 + 0x1p-50)), hn::IfThenElseZero(known, set(1)));
    widen_stand_ins(i, count, true);
    for (std::size_t lane = 0; lane < count; ++lane)
      if (known_[lane] != 0) results_[i + lane] = special_enclosure(truth);
  }
  void known(std::size_t i, const Truth& truth, double radius) { results_[i] = {truth.nearest, 0, radius, 0}; }
  void open(std::size_t i) { results_[i] = {0, 0, infinity, 0}; }
  Format format() const { return format_; }
  int resolution() const { return default_resolution; }

private:
  // What lies far below the largest logit is computed with a number that stands for it; here it has to be told within bounds.
  // Such results are below 2^-498: their exponentials below 2^-930, gradients below 2^141. Shares of 0 are masked elements;
  // elsewhere a 0 may be a product that underflowed.
  void widen_stand_ins(std::size_t i, std::size_t count, bool underflows) {
    for (std::size_t k = i; k < i + count; ++k) {
      Enclosure& enclosure = results_[k];
      const double limit = enclosure.exponent == -900 ? 0x1p-300 : 0x1p-500;
      const bool stands_in = (enclosure.exponent == 0 || enclosure.exponent == -900) && std::fabs(enclosure.high) < limit &&
                             enclosure.radius < limit;
      if (stands_in && (underflows || enclosure.high != 0)) enclosure = {0, 0, 4, -500};
    }
  }
  template <std::size_t N> void replace(std::size_t i, std::size_t count, const std::array<Known, N>& known) {
    for (const Known& lanes_known : known) {
      HWY_ALIGN double where[lanes];
      hn::Store(hn::IfThenElseZero(lanes_known.where, set(1)), D(), where);
      for (std::size_t lane = 0; lane < count; ++lane)
        if (where[lane] != 0) results_[i + lane] = {lanes_known.truth.nearest, 0, lanes_known.radius, 0};
    }
  }
  void write(std::size_t i, std::size_t count, V high, V low, V k, V radius, V known) {
    HWY_ALIGN double values[4][lanes];
    hn::Store(high, D(), values[0]);
    hn::Store(low, D(), values[1]);
    hn::Store(radius, D(), values[2]);
    hn::Store(k, D(), values[3]);
    hn::Store(known, D(), known_);
    for (std::size_t lane = 0; lane < count; ++lane) {
      // What double-doubles could not hold is an infinity or NaN, and declined.
      const bool held = std::isfinite(values[0][lane]) && std::isfinite(values[1][lane]) && std::isfinite(values[2][lane]);
      results_[i + lane] =
          held ? Enclosure{values[0][lane], values[1][lane], values[2][lane], static_cast<std::int64_t>(values[3][lane])}
               : Enclosure{0, 0, infinity, 0};
    }
  }

  Format format_;
  std::span<Enclosure> results_;
  HWY_ALIGN double known_[lanes];
};

// sigmoid where no fixed precision decides, but an argument does. resolution is the sink's; distances are |t|.
//   1 - sigmoid(t) < e^-t, and |sigmoid(t) - 1/2| <= |t|/4, on the side of t: both below an eighth of a tail step in the binade
//   below. t = 0 is 1/2.
HWY_INLINE std::array<Known, 4> known_sigmoids(Format format, int resolution, V t) {
  const int p = traits(format).precision;
  const int bits = p + resolution + 4;
  const double least = std::ldexp(1.0, -bits), near_one = bits * 0.6931472;
  const V zero = hn::Zero(D());
  const M near_half = hn::Lt(hn::Abs(t), set(least));
  return {{{hn::Gt(t, set(near_one)), {1, 0, -p, false}, least},
           {hn::And(near_half, hn::Gt(t, zero)), {0.5, 0, -p, false}, least},
           {hn::And(near_half, hn::Lt(t, zero)), {0.5, 0, -p - 1, false}, least},
           {hn::Eq(t, zero), {0.5, 0, -p, true}, 0}}};
}

// softmax where k elements, a power of two, have all but a 2^-(precision + resolution + 4) of the mass: each is just below 1/k.
struct JustBelow {
  bool applies = false;
  Truth truth{};
  double radius = 0;
};
// sum: of the exponentials in units of the largest, within sum * error; larger than k, for others have mass.
inline JustBelow just_below_share(const Task& task, DoubleDouble sum, double error, int resolution) {
  const int bits = traits(task.format).precision + resolution + 4;
  const double k = std::nearbyint(sum.high), margin = std::ldexp(k, -bits);
  if (!((sum.high - k) + sum.low + 2 * error * k < margin)) return {};
  std::size_t ties = 0;
  each_vector(0, task.x.size(), [&](std::size_t i, std::size_t count) HWY_ATTR {
    ties += hn::CountTrue(D(), hn::Eq(load(&task.x[i], count, -infinity), set(task.largest)));
  });
  if (static_cast<double>(ties) != k || (ties & (ties - 1)) != 0) return {};
  return {true, {1 / k, 0, ulp_exponent_in_binade(task.format, std::ilogb(1 / k) - 1), false}, 2 * margin};
}

// A result known to be positive or negative and too small for the format: rounds to 0.
inline Truth vanishing_truth(Format format) { return {0, 0, smallest_subnormal_exponent(format), false}; }

} // namespace
} // namespace HWY_NAMESPACE
} // namespace softmax_audit
HWY_AFTER_NAMESPACE();

#endif
