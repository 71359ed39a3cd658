// The exponential in double and in double-double lanes, with proved errors; for files that Highway compiles once per target.
// The targets must have fused multiply-add (HWY_NATIVE_FMA). Derivation and proofs: oracles/README.md, exponential.gappa,
// exponential_double_double.gappa. The constants are exponential.sollya's.
#include "oracles/fast/exponential_constants.hpp"

#if defined(SOFTMAX_AUDIT_ORACLES_FAST_EXPONENTIAL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SOFTMAX_AUDIT_ORACLES_FAST_EXPONENTIAL_HPP
#undef SOFTMAX_AUDIT_ORACLES_FAST_EXPONENTIAL_HPP
#else
#define SOFTMAX_AUDIT_ORACLES_FAST_EXPONENTIAL_HPP
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// e^z = 2^exponent * fraction * (1 + epsilon), |epsilon| <= exponential_error, for every double |z| <= 2^20.
// exponent is a whole number, fraction within [0.70, 1.42]. z = 0 gives fraction 1, exponent 0.
template <class D, class V = hn::Vec<D>> HWY_INLINE void exponential(D d, V z, V& fraction, V& exponent) {
  namespace constants = exponential_constants;
  const auto set = [d](double value) HWY_ATTR { return hn::Set(d, value); };
  // Doubles from 2^52 to 2^53 are the whole numbers: the sum is rounded to one.
  const V whole = set(0x1.8p52);
  exponent = hn::Sub(hn::MulAdd(z, set(constants::log2_e), whole), whole);
  const V r_high = hn::NegMulAdd(exponent, set(constants::log2_high), z); // exact
  const V r = hn::NegMulAdd(exponent, set(constants::log2_low), r_high);
  const V r2 = hn::Mul(r, r);
  const V r4 = hn::Mul(r2, r2);
  const V q2 = hn::MulAdd(set(constants::c3), r, set(constants::c2));
  const V q4 = hn::MulAdd(set(constants::c5), r, set(constants::c4));
  const V q6 = hn::MulAdd(set(constants::c7), r, set(constants::c6));
  const V q8 = hn::MulAdd(set(constants::c9), r, set(constants::c8));
  const V q10 = hn::MulAdd(set(constants::c11), r, set(constants::c10));
  const V q = hn::MulAdd(hn::MulAdd(hn::MulAdd(q10, r2, q8), r4, hn::MulAdd(q6, r2, q4)), r2, q2);
  fraction = hn::Add(set(1), hn::MulAdd(q, r2, r));
}

// e^(z_high + z_low) = 2^exponent * (fraction_high + fraction_low) * (1 + epsilon), for |z_high| <= 2^11,
// |z_low| <= 2^-52 |z_high|; |epsilon| <= exponential_double_double_error. exponent is a whole number, fraction_high within
// [0.70, 1.42], |fraction_low| <= ulp(fraction_high) / 2. z_high = z_low = 0 gives fraction 1 + 0, exponent 0.
template <class D, class V>
HWY_INLINE void exponential(D d, V z_high, V z_low, V& fraction_high, V& fraction_low, V& exponent) {
  namespace constants = exponential_constants;
  const hn::RebindToSigned<D> di;
  const auto set = [d](double value) HWY_ATTR { return hn::Set(d, value); };

  // z = k log 2 + x + x_low, k the nearest multiple of 1/256: doubles from 2^44 to 2^45 are the multiples of 2^-8.
  const V multiple = set(0x1.8p44);
  const V shifted = hn::MulAdd(z_high, set(constants::log2_e), multiple);
  const V k = hn::Sub(shifted, multiple);
  const V a = hn::NegMulAdd(k, set(constants::log2_high), z_high); // exact
  const V split = set(0x1.8p-40);
  const V b = hn::Sub(hn::Add(z_low, split), split);            // z_low to multiples of 2^-92
  const V b_low = hn::Sub(z_low, b);                            // exact
  const V c = hn::NegMulAdd(k, set(constants::log2_second), b); // exact
  const V x = hn::Add(a, c);
  const V x_error = hn::Sub(c, hn::Sub(x, a)); // exact
  const V x_low = hn::Add(x_error, hn::NegMulAdd(k, set(constants::log2_third), b_low));

  // k = exponent + j/256, -128 <= j < 128. The 1/512 leaves no ties.
  const V whole = set(0x1.8p52);
  exponent = hn::Sub(hn::Add(hn::Add(k, set(0x1p-9)), whole), whole);
  const auto m = hn::And(hn::BitCast(di, shifted), hn::Set(di, constants::table_size - 1));
  const V t_high = hn::GatherIndex(d, constants::powers_high, m);
  const V t_low = hn::GatherIndex(d, constants::powers_low, m);

  // exp(x) - 1 = x + x^2 (1/2 + x (d3 + x (d4 + x v))), from the inside outwards.
  const V v = hn::MulAdd(hn::MulAdd(hn::MulAdd(set(constants::d8), x, set(constants::d7)), x, set(constants::d6)), x,
                         set(constants::d5));
  const V u = hn::Mul(x, set(constants::d4)); // u + u_low = x (d4 + x v)
  const V u_low = hn::MulAdd(x, hn::MulAdd(x, v, set(constants::d4_low)), hn::MulSub(x, set(constants::d4), u));
  const V q = hn::Add(set(constants::d3), u); // d3 + x (d4 + x v)
  const V q_low = hn::Add(hn::Sub(u, hn::Sub(q, set(constants::d3))), hn::Add(u_low, set(constants::d3_low)));
  const V p = hn::Mul(x, q);
  const V p_low = hn::MulAdd(x, q_low, hn::MulSub(x, q, p));
  const V h = hn::Add(set(0.5), p); // 1/2 + x (...)
  const V h_low = hn::Add(hn::Sub(p, hn::Sub(h, set(0.5))), p_low);
  const V x2 = hn::Mul(x, x);
  const V x2_low = hn::MulSub(x, x, x2);
  const V g = hn::Mul(x2, h); // x^2 (1/2 + ...)
  const V g_low = hn::MulAdd(x2, h_low, hn::MulAdd(x2_low, h, hn::MulSub(x2, h, g)));
  const V e = hn::Add(x, g); // exp(x) - 1
  const V e_low = hn::Add(hn::Sub(g, hn::Sub(e, x)), g_low);

  // 2^(j/256) (1 + e) (1 + x_low).
  const V f = hn::Mul(t_high, e);
  const V f_low = hn::MulAdd(t_high, e_low, hn::MulAdd(t_low, e, hn::MulSub(t_high, e, f)));
  const V s = hn::Add(t_high, f);
  const V s_error = hn::Sub(f, hn::Sub(s, t_high));
  const V s_low = hn::MulAdd(s, x_low, hn::Add(s_error, hn::Add(t_low, f_low)));
  fraction_high = hn::Add(s, s_low);
  fraction_low = hn::Sub(s_low, hn::Sub(fraction_high, s));
}

} // namespace
} // namespace HWY_NAMESPACE
} // namespace softmax_audit
HWY_AFTER_NAMESPACE();

#endif
