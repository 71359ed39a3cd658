// Compiled once for each instruction set that Highway knows here, by including itself; every set is a variant of its own.
#include "impl/implementation.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "impl/simd/shifted_simd.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
// Unnamed: another file with templates of these names in HWY_NAMESPACE would be merged with this one by the linker.
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// exp(x) = 2^k exp(r), k = round(x / log 2), |r| <= 0.3469.
//   k log_2_high is exact: log_2_high has so many trailing zeros; x - k log_2_high is exact by Sterbenz' lemma.
//   r = (x - k log_2_high) - k log_2_low is kept as r + r_low, so its rounding does not count.
//   exp(r) by Taylor's polynomial up to r^degree / degree!; the remainder is below 0.01 u.
//   The error in ulp of the result, for exp(r) in [0.707, 1) where an ulp is u (above 1 it is 2 u and everything is half):
//   0.5 last addition, 0.25 rounding of r + r^2 q (below 0.293), 0.18 for r^2 q (below 0.043 times three roundings, or four
//   without fused multiply-add), 0.01 remainder and r_low: 0.94. One more rounding where the result is subnormal.
//   Largest found, against 80-bit expl: f32, all floats from -104 to -2^-27: 0.8562 ulp at -0x1.e52694p+5 without, 0.8416 at
//   -0x1.b5f41ep+4 with fused multiply-add; f64, 10^8 points: 0.8721 at -0x1.1aae03788ede4p+4 without, 0.8496 at -0x1.127877d8036d4p+5 with.
template <class T> struct ExpConstants;
template <> struct ExpConstants<float> {
  static constexpr int degree = 8;
  static constexpr float log_2_high = 0x1.62e4p-1f, log_2_low = 0x1.7f7d1cp-20f;
  static constexpr float vanishes_below = -104.0f; // exp(x) < smallest subnormal / 2
  static constexpr int bias = 127, fraction_bits = 23;
};
template <> struct ExpConstants<double> {
  static constexpr int degree = 14;
  static constexpr double log_2_high = 0x1.62e42fefa38p-1, log_2_low = 0x1.ef35793c7673p-45;
  static constexpr double vanishes_below = -746.0;
  static constexpr int bias = 1023, fraction_bits = 52;
};

constexpr double reciprocal_factorial(int n) {
  double product = 1;
  for (int k = 2; k <= n; ++k) product *= k; // exact up to 18!
  return 1 / product;
}

// 2^k for k in the exponent range of normal numbers.
template <class D, class I> HWY_INLINE hn::Vec<D> power_of_two(D d, I k) {
  using T = hn::TFromD<D>;
  const hn::RebindToSigned<D> di;
  const auto biased = hn::Add(k, hn::Set(di, ExpConstants<T>::bias));
  return hn::BitCast(d, hn::ShiftLeft<ExpConstants<T>::fraction_bits>(biased));
}

// exp(x) for x <= 0 and NaN; see above.
template <class D> HWY_INLINE hn::Vec<D> exponential(D d, hn::Vec<D> x) {
  using T = hn::TFromD<D>;
  using Constants = ExpConstants<T>;
  const hn::RebindToSigned<D> di;
  // Clamped: -inf and large distances must not reach the integer conversion. NaN passes Max on no instruction set alike, so
  // it is put back at the end.
  const auto lowest = hn::Set(d, Constants::vanishes_below);
  const auto vanishes = hn::Lt(x, lowest);
  const auto finite = hn::IfThenElse(hn::Ge(x, lowest), x, lowest);
  const auto k_real = hn::Round(hn::Mul(finite, hn::Set(d, static_cast<T>(1.4426950408889634))));
  const auto high = hn::Sub(finite, hn::Mul(k_real, hn::Set(d, Constants::log_2_high)));
  const auto low = hn::Mul(k_real, hn::Set(d, Constants::log_2_low));
  const auto r = hn::Sub(high, low);
  const auto r_low = hn::Sub(hn::Sub(high, r), low);
  auto q = hn::Set(d, static_cast<T>(reciprocal_factorial(Constants::degree)));
  for (int power = Constants::degree - 1; power >= 2; --power)
    q = hn::MulAdd(q, r, hn::Set(d, static_cast<T>(reciprocal_factorial(power))));
  const auto tail = hn::MulAdd(hn::Mul(r, r), q, r_low);
  const auto fraction = hn::Add(hn::Set(d, T(1)), hn::Add(r, tail));
  // In two steps, because 2^k itself may lie below the normal range; only the second multiplication can round.
  const auto k = hn::ConvertTo(di, k_real);
  const auto half = hn::ShiftRight<1>(k);
  const auto value = hn::Mul(hn::Mul(fraction, power_of_two(d, half)), power_of_two(d, hn::Sub(k, half)));
  return hn::IfThenElse(hn::IsNaN(x), x, hn::IfThenZeroElse(vanishes, value));
}

// Elements i .. of the row scaled, or -inf, which adds nothing to any maximum or sum, beyond its end.
template <class D, class T>
HWY_INLINE hn::Vec<D> load_or_masked(D d, const T* x, std::size_t i, std::size_t n, hn::Vec<D> scale, T* buffer) {
  if (i + hn::Lanes(d) <= n) return hn::Mul(hn::LoadU(d, x + i), scale);
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane)
    buffer[lane] = i + lane < n ? x[i + lane] : -std::numeric_limits<T>::infinity();
  const auto inside = hn::FirstN(d, n - i);
  return hn::IfThenElse(inside, hn::Mul(hn::LoadU(d, buffer), scale), hn::LoadU(d, buffer));
}

template <class D, class T> HWY_INLINE void store_within(D d, hn::Vec<D> value, T* y, std::size_t i, std::size_t n, T* buffer) {
  if (i + hn::Lanes(d) <= n) return hn::StoreU(value, d, y + i);
  hn::StoreU(value, d, buffer);
  for (std::size_t lane = 0; i + lane < n; ++lane) y[i + lane] = buffer[lane];
}

template <class T> void softmax(const T* x, T* y, std::size_t n, T scale) {
  const HWY_FULL(T) d;
  HWY_ALIGN T buffer[HWY_MAX_BYTES / sizeof(T)];
  const std::size_t lanes = hn::Lanes(d);
  const auto scales = hn::Set(d, scale);

  auto largest_lanes = hn::Set(d, -std::numeric_limits<T>::infinity());
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto t = load_or_masked(d, x, i, n, scales, buffer);
    largest_lanes = hn::IfThenElse(hn::Gt(t, largest_lanes), t, largest_lanes); // a NaN is never larger; the sum finds it
  }
  T largest = -std::numeric_limits<T>::infinity();
  hn::StoreU(largest_lanes, d, buffer);
  for (std::size_t lane = 0; lane < lanes; ++lane) largest = buffer[lane] > largest ? buffer[lane] : largest;

  const auto largests = hn::Set(d, largest);
  auto sums = hn::Zero(d);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto t = load_or_masked(d, x, i, n, scales, buffer);
    const auto e = exponential(d, hn::Sub(t, largests));
    // Beyond the row's end the logit is -inf; where the whole row is, -inf - -inf is NaN, and must not be counted there.
    const auto inside = i + lanes <= n ? e : hn::IfThenElseZero(hn::FirstN(d, n - i), e);
    sums = hn::Add(sums, inside);
    store_within(d, e, y, i, n, buffer);
  }
  // Lanes pairwise: log2(lanes) more additions on the way of any element.
  hn::StoreU(sums, d, buffer);
  if constexpr (HWY_LANES(T) > 1) // with one, gcc warns of the loop that never runs
    for (std::size_t width = lanes / 2; width >= 1; width /= 2)
      for (std::size_t lane = 0; lane < width; ++lane) buffer[lane] += buffer[lane + width];
  const auto sum = hn::Set(d, buffer[0]);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto e = [&] {
      if (i + lanes <= n) return hn::LoadU(d, y + i);
      for (std::size_t lane = 0; lane < lanes; ++lane) buffer[lane] = i + lane < n ? y[i + lane] : T(0);
      return hn::LoadU(d, buffer);
    }();
    store_within(d, hn::Div(e, sum), y, i, n, buffer);
  }
}

bool runnable() { return (hwy::SupportedTargets() & HWY_TARGET) != 0; }

// What the table below needs of this target.
struct Kernel {
  static constexpr Kernels kernels[] = {{.operation = Operation::softmax,
                                         .f32 = &each_contiguous_row<float, softmax>,
                                         .f64 = &each_contiguous_row<double, softmax>}};
  // Elements that the row lacks count as -inf and add exactly 0, but another length sums in another order.
  static constexpr Variant variant(std::string_view instruction_set) {
    return {instruction_set,
            &runnable,
            kernels,
            {.summation = Summation::lanes,
             .accumulator_bytes = static_cast<unsigned>(sizeof(float) * HWY_LANES(float)),
             .bitwise = {Contract::ties, Contract::batch, Contract::stride, Contract::axis, Contract::alignment, Contract::place,
                         Contract::threads}}};
  }
};

} // namespace
} // namespace HWY_NAMESPACE
} // namespace softmax_audit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace softmax_audit {
namespace {

constexpr Variant variants[] = {
#if HWY_TARGETS & HWY_SCALAR
    N_SCALAR::Kernel::variant("one-lane"),
#endif
#if HWY_TARGETS & HWY_EMU128
    N_EMU128::Kernel::variant("emu128"),
#endif
#ifdef HWY_SSE2
#if HWY_TARGETS & HWY_SSE2
    N_SSE2::Kernel::variant("sse2"),
#endif
#endif
#if HWY_TARGETS & HWY_SSSE3
    N_SSSE3::Kernel::variant("ssse3"),
#endif
#if HWY_TARGETS & HWY_SSE4
    N_SSE4::Kernel::variant("sse4"),
#endif
#if HWY_TARGETS & HWY_AVX2
    N_AVX2::Kernel::variant("avx2"),
#endif
#if HWY_TARGETS & HWY_AVX3
    N_AVX3::Kernel::variant("avx512"),
#endif
#if HWY_TARGETS & HWY_NEON
    N_NEON::Kernel::variant("neon"),
#endif
};

} // namespace

namespace implementations {
extern constinit const Implementation shifted_simd{
    .name = "shifted_simd",
    .summary = "shifted, one vector of partial sums, exp by a Taylor polynomial; every instruction set of this machine",
    .source = "Highway for the vectors; exp after Cody and Waite, with the error bound in the file",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
#endif
