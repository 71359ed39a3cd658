// Certain rounding in vectors: from a number with a radius to nearest, tail and ulp exponent, and which lanes that decides. For
// files that Highway compiles once per target. Derivation: oracles/README.md ("Rounding in vectors").
//
// With q the ulp's exponent and r = resolution, everything that is decided changes only at multiples of g = 2^(q - r - 1), half
// a step of the tail: the tail's boundaries are the odd ones, midpoints and powers of two are among the even ones. So a number
// is decided where no multiple of g lies within its radius. Multiples of 2^e are found by adding 2^(e + 52) and taking it away.
#if defined(SOFTMAX_AUDIT_ORACLES_FAST_ROUNDING_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SOFTMAX_AUDIT_ORACLES_FAST_ROUNDING_HPP
#undef SOFTMAX_AUDIT_ORACLES_FAST_ROUNDING_HPP
#else
#define SOFTMAX_AUDIT_ORACLES_FAST_ROUNDING_HPP
#endif

#include "oracles/oracle.hpp"

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using D = HWY_FULL(double);
using DI = hn::RebindToSigned<D>;
using V = hn::Vec<D>;
using VI = hn::Vec<DI>;
using M = hn::Mask<D>;

HWY_INLINE V set(double value) { return hn::Set(D(), value); }
HWY_INLINE VI integers(std::int64_t value) { return hn::Set(DI(), value); }

// Doubles from 2^52 to 2^53 hold whole numbers in their low bits. |whole| < 2^51.
constexpr double holds_integers = 0x1.8p52;
HWY_INLINE VI integer_of(V whole) {
  return hn::Sub(hn::BitCast(DI(), hn::Add(whole, set(holds_integers))), hn::BitCast(DI(), set(holds_integers)));
}
// 2^e for whole e in [-1022, 1023]: the sum's low bits are e + 1023, and the shift drops the others.
HWY_INLINE V power_of_two(V e) {
  return hn::BitCast(D(), hn::ShiftLeft<52>(hn::BitCast(DI(), hn::Add(e, set(holds_integers + 1023)))));
}

// What lanes decide: Truths in the making.
struct Decided {
  V nearest;
  V tail;
  VI word; // ulp exponent in the low half, `exact` above it
  M open;  // not decided
};

static_assert(sizeof(Truth) == 24 && offsetof(Truth, nearest) == 0 && offsetof(Truth, tail) == 8 &&
              offsetof(Truth, ulp_exponent) == 16 && offsetof(Truth, exact) == 20);
constexpr std::int64_t exact_in_word = std::int64_t{1} << 32;

class Rounding {
public:
  Rounding(Format format, int resolution)
      : precision_(traits(format).precision),
        smallest_exponent_(traits(format).smallest_exponent),
        resolution_(resolution),
        vanishing_(std::ldexp(1.0, smallest_exponent_ - precision_ + 1 - resolution - 4)),
        overflow_(largest_finite(format) +
                  (precision_ == 53 ? 0 : std::ldexp(0.25, traits(format).largest_exponent - precision_ + 1))) {}

  // Single doubles, for formats whose precision + resolution leaves room in one; shares, so 0 <= a <= 1: the truth lies within
  // a (1 +- relative), not at the ends. Zeros are exact; what is far below the format's range is only known to be positive, and
  // that is enough.
  HWY_INLINE Decided positive(V a, V relative) const {
    Decided decided;
    const VI exponents = hn::Max(hn::And(hn::BitCast(DI(), a), integers(exponent_mask)), field(smallest_exponent_ + 1023));
    const V residual = round(a, decided.nearest, exponents);
    // Not for a = 0; and the only multiple of g near a small a is 0, which its radius does not reach.
    decided.open = hn::Lt(distance_to_grid(residual, exponents), hn::Mul(a, relative));
    finish(residual, exponents, decided);
    // The ulp's exponent is negative: borrowing from 2^32 leaves its low half and no high one.
    const VI word = hn::Add(hn::ShiftRight<52>(exponents), integers((std::int64_t{1} << 32) - 1022 - precision_));
    decided.word = hn::Or(word, hn::IfThenElseZero(hn::RebindMask(DI(), hn::Eq(a, hn::Zero(D()))), integers(exact_in_word)));
    return decided;
  }

  // The same for v of any sign with an absolute radius, and never exact; what cannot be told from zero is open.
  HWY_INLINE Decided of_any_sign(V v, V radius) const {
    Decided decided;
    const V sign = hn::And(v, set(-0.0)), a = hn::Abs(v);
    const VI exponents = hn::Max(hn::And(hn::BitCast(DI(), a), integers(exponent_mask)), field(smallest_exponent_ + 1023));
    const V residual = round(a, decided.nearest, exponents);
    const M vanishes = hn::And(hn::Lt(a, set(vanishing_)), hn::Lt(radius, a));
    decided.open = hn::Or(hn::AndNot(vanishes, not_above(distance_to_grid(residual, exponents), radius)), overflows(a));
    finish(residual, exponents, decided);
    decided.nearest = signed_by(decided.nearest, sign);
    decided.tail = signed_by(decided.tail, sign);
    return decided;
  }

  // Double-doubles times 2^k: the truth lies within (high + low +- radius) 2^k, |low| <= ulp(high)/2, k whole, -1600 <= k <= 0
  // (-990 for binary16, -1100 for bfloat16 and binary32: exponent fields reach E + 53 - precision - k).
  // exact: lanes where the truth is that very double-double, so that ties and `exact` are decided.
  // beside: 0, or a positive bound of what is missing from a double-double that is exact: the truth then lies between it and
  // `beside` beyond it, away from zero (side = 1) or towards it (side = -1), not at the ends; radius is not used.
  template <bool Beside = false>
  HWY_INLINE Decided pair(V high, V low, V k, V radius, M exact, V beside = hn::Zero(D()), double side = 0) const {
    Decided decided;
    const V zero = hn::Zero(D());
    const V sign = hn::And(high, set(-0.0)), a = hn::Xor(high, sign), b = hn::Xor(low, sign);
    const VI bits = hn::BitCast(DI(), a);
    // Just below a power of two lies the binade below.
    M shrinks = hn::Lt(b, zero);
    if (Beside && side < 0) shrinks = hn::Le(b, zero);
    const M power = hn::RebindMask(D(), hn::Eq(hn::And(bits, integers(fraction_mask)), hn::Zero(DI())));
    const VI own = hn::Sub(hn::And(bits, integers(exponent_mask)),
                           hn::IfThenElseZero(hn::RebindMask(DI(), hn::And(power, shrinks)), field(1)));
    const V least_field = hn::Sub(set(smallest_exponent_ + 1023), k); // of a normal number, before the factor 2^k
    const VI exponents = hn::Max(own, hn::ShiftLeft<52>(integer_of(least_field)));

    // To a multiple of the ulp, in two steps: high alone, then what is left with low.
    V base = a;
    const V coarse = hn::BitCast(D(), hn::Add(exponents, field(53 - precision_)));
    const V rounded = hn::Sub(hn::Add(a, coarse), coarse);
    if (precision_ == 53) {
      const M subnormal = hn::RebindMask(D(), hn::Gt(exponents, own));
      base = hn::IfThenElse(subnormal, rounded, a);
    } else {
      base = rounded;
    }
    const V rest = hn::Sub(a, base);
    V r = hn::Add(rest, b);
    const V b_part = hn::Sub(r, rest);
    const V r_low = hn::Add(hn::Sub(rest, hn::Sub(r, b_part)), hn::Sub(b, b_part)); // TwoSum

    const V offset = offset_from_grid(r, exponents);
    const V r_low_size = hn::Abs(r_low);
    const M certain = hn::And(exact, hn::Eq(r_low, zero));
    if (Beside) {
      const V grid = hn::BitCast(D(), hn::Sub(exponents, field(precision_ + resolution_)));
      const M on_grid = hn::And(hn::Eq(offset, zero), hn::Eq(r_low, zero));
      const M on_grid_open = hn::Ge(beside, hn::Mul(grid, set(0.5)));
      const M off_grid_open = not_above(hn::Abs(offset), hn::Add(beside, r_low_size));
      decided.open = hn::Or(hn::And(on_grid, on_grid_open), hn::AndNot(on_grid, off_grid_open));
      r = hn::Add(r, hn::IfThenElseZero(on_grid, hn::Mul(grid, set(0.25 * side))));
    } else {
      decided.open = hn::AndNot(certain, not_above(hn::Abs(offset), hn::Add(hn::Mul(radius, set(1 + 0x1p-50)), r_low_size)));
      // A tie that only the two together make: `rounded` did not see it.
      const V half = hn::BitCast(D(), hn::Sub(exponents, field(precision_)));
      decided.open = hn::Or(decided.open, hn::And(certain, hn::And(hn::Eq(hn::Abs(r), half), hn::Ne(b, zero))));
    }
    const V step = hn::BitCast(D(), hn::Add(hn::Add(exponents, field(53 - precision_)), integers(half_bit)));
    const V carry = hn::Sub(hn::Add(r, step), step);
    base = hn::Add(base, carry);
    r = hn::Sub(r, carry);
    finish(r, exponents, decided);
    const VI k_integer = integer_of(k);
    decided.word = hn::And(hn::Add(decided.word, k_integer), integers(0xffffffff));
    if (!Beside)
      decided.word = hn::Or(
          decided.word, hn::IfThenElseZero(hn::RebindMask(DI(), hn::And(certain, hn::Eq(r, zero))), integers(exact_in_word)));
    // 2^k in two steps, because it may lie below the normal range; the result is a value of the format.
    const V k_half = hn::Sub(hn::Add(hn::Mul(k, set(0.5)), set(holds_integers)), set(holds_integers));
    const V nearest = hn::Mul(hn::Mul(base, power_of_two(k_half)), power_of_two(hn::Sub(k, k_half)));
    decided.nearest = signed_by(nearest, sign);
    decided.tail = signed_by(decided.tail, sign);

    const V vanishing_field = hn::Sub(set(1023 + smallest_exponent_ - precision_ + 1 - resolution_ - 4), k);
    const V least = hn::BitCast(D(), hn::ShiftLeft<52>(integer_of(hn::Max(vanishing_field, zero))));
    const M vanishes = hn::And(hn::Lt(hn::Add(a, beside), least), hn::Lt(radius, a));
    decided.open = hn::Or(hn::AndNot(vanishes, decided.open), overflows(a));
    if (precision_ == 53) {
      // Exponents of what is that small leave no room for the constants above: it is open, or an exact 0.
      const M is_zero = hn::Eq(a, zero);
      decided.open = hn::Or(decided.open, hn::AndNot(is_zero, hn::Lt(a, set(0x1p-900))));
      decided.tail = hn::IfThenZeroElse(is_zero, decided.tail);
    }
    return decided;
  }

  // Lanes that are known without arithmetic.
  HWY_INLINE static void replace(Decided& decided, M where, const Truth& truth) {
    decided.nearest = hn::IfThenElse(where, set(truth.nearest), decided.nearest);
    decided.tail = hn::IfThenElse(where, set(truth.tail), decided.tail);
    const std::int64_t word = (truth.ulp_exponent & std::int64_t{0xffffffff}) | (truth.exact ? exact_in_word : 0);
    decided.word = hn::IfThenElse(hn::RebindMask(DI(), where), integers(word), decided.word);
    decided.open = hn::AndNot(where, decided.open);
  }

private:
  static constexpr std::int64_t exponent_mask = 0x7ff0000000000000;
  static constexpr std::int64_t fraction_mask = 0x000fffffffffffff;
  static constexpr std::int64_t half_bit = std::int64_t{1} << 51;

  // An exponent as it stands in a double; so field sums add exponents, and 1.5 * 2^e is one more bit.
  // Modulo 2^64, as sums of fields are.
  HWY_INLINE static VI field(int exponent) {
    return integers(static_cast<std::int64_t>(static_cast<std::uint64_t>(exponent) << 52));
  }
  // Also where a NaN stands for what this arithmetic could not hold.
  HWY_INLINE static M not_above(V a, V b) { return hn::Not(hn::Gt(a, b)); }
  HWY_INLINE M overflows(V a) const { return hn::Not(hn::Lt(a, set(overflow_))); }

  // nearest multiple of the ulp, and what is left: exact.
  HWY_INLINE V round(V a, V& nearest, VI exponents) const {
    const V coarse = hn::BitCast(D(), hn::Add(exponents, field(53 - precision_)));
    nearest = hn::Sub(hn::Add(a, coarse), coarse);
    return hn::Sub(a, nearest);
  }
  HWY_INLINE V offset_from_grid(V r, VI exponents) const {
    const V fine = hn::BitCast(D(), hn::Add(hn::Add(exponents, field(52 - precision_ - resolution_)), integers(half_bit)));
    return hn::Sub(r, hn::Sub(hn::Add(r, fine), fine));
  }
  HWY_INLINE V distance_to_grid(V r, VI exponents) const { return hn::Abs(offset_from_grid(r, exponents)); }
  // tail and ulp exponent from the residual.
  HWY_INLINE void finish(V r, VI exponents, Decided& decided) const {
    const V fine = hn::BitCast(D(), hn::Add(hn::Add(exponents, field(53 - precision_ - resolution_)), integers(half_bit)));
    // Clamped for binary64, where 2^-q may overflow: pair() leaves such results open, or they are 0.
    const V inverse_ulp = hn::BitCast(D(), hn::Sub(field(2045 + precision_), hn::Max(exponents, field(precision_ - 1))));
    decided.tail = hn::Mul(hn::Sub(hn::Add(r, fine), fine), inverse_ulp);
    decided.word = hn::And(hn::Sub(hn::ShiftRight<52>(exponents), integers(1022 + precision_)), integers(0xffffffff));
  }
  // No negative zeros.
  HWY_INLINE static V signed_by(V value, V sign) { return hn::Add(hn::Xor(value, sign), hn::Zero(D())); }

  int precision_, smallest_exponent_, resolution_;
  double vanishing_; // below it only the sign matters; 0 where no double is that small
  double overflow_;  // from here on results may overflow: a quarter ulp above the largest finite one
};

} // namespace
} // namespace HWY_NAMESPACE
} // namespace softmax_audit
HWY_AFTER_NAMESPACE();

#endif
