#include "impl/implementation.hpp"

#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "impl/faults/unclamped_conversion_simd.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr float masked = -std::numeric_limits<float>::infinity();

// Elements i .. of the row, scaled; masks beyond its end.
template <class D> HWY_INLINE hn::Vec<D> load_or_masked(D d, const float* x, std::size_t i, std::size_t n, float scale) {
  HWY_ALIGN float buffer[HWY_MAX_BYTES / sizeof(float)];
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane) buffer[lane] = i + lane < n ? scale * x[i + lane] : masked;
  return hn::Load(d, buffer);
}

template <class D> HWY_INLINE void store_within(D d, hn::Vec<D> value, float* y, std::size_t i, std::size_t n) {
  HWY_ALIGN float buffer[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(value, d, buffer);
  for (std::size_t lane = 0; lane < hn::Lanes(d) && i + lane < n; ++lane) y[i + lane] = buffer[lane];
}

// 2^k in two factors, so that results below the normal range are right.
template <class D, class I> HWY_INLINE hn::Vec<D> times_power_of_two(D d, hn::Vec<D> value, I k) {
  const hn::RebindToSigned<D> di;
  const auto power = [&](I exponent) { return hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(exponent, hn::Set(di, 127)))); };
  const auto half = hn::ShiftRight<1>(k);
  return hn::Mul(hn::Mul(value, power(half)), power(hn::Sub(k, half)));
}

// exp(x) = 2^k exp(x - k log 2) for x <= 0, and 0 below -104, whatever the conversion gave.
template <class D> HWY_INLINE hn::Vec<D> exponential(D d, hn::Vec<D> x) {
  const hn::RebindToSigned<D> di;
  const auto lowest = hn::Set(d, -104.0f);
  const auto finite = hn::IfThenElse(hn::Eq(x, hn::Set(d, masked)), lowest, x);
  const auto k = hn::Round(hn::Mul(finite, hn::Set(d, 0x1.715476p+0f)));
  const auto high = hn::Sub(finite, hn::Mul(k, hn::Set(d, 0x1.62e4p-1f)));
  const auto r = hn::Sub(high, hn::Mul(k, hn::Set(d, 0x1.7f7d1cp-20f)));
  auto fraction = hn::Set(d, 1.0f / 40320);
  for (const float coefficient : {1.0f / 5040, 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 1.0f / 2, 1.0f, 1.0f})
    fraction = hn::MulAdd(fraction, r, hn::Set(d, coefficient));
  const auto value = times_power_of_two(d, fraction, hn::ConvertTo(di, k));
  return hn::IfThenElse(hn::Eq(x, x), hn::IfThenZeroElse(hn::Lt(x, lowest), value), x);
}

void softmax(const float* x, float* y, std::size_t n, float scale) {
  const HWY_FULL(float) d;
  const std::size_t lanes = hn::Lanes(d);
  auto largest_lanes = hn::Set(d, masked);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto t = load_or_masked(d, x, i, n, scale);
    largest_lanes = hn::IfThenElse(hn::Gt(t, largest_lanes), t, largest_lanes);
  }
  const auto largest = hn::MaxOfLanes(d, largest_lanes);
  const auto exponential_at = [&](std::size_t i) {
    return exponential(d, hn::Sub(load_or_masked(d, x, i, n, scale), largest));
  };
  auto sums = hn::Zero(d);
  for (std::size_t i = 0; i < n; i += lanes) sums = hn::Add(sums, exponential_at(i));
  const auto sum = hn::SumOfLanes(d, sums);
  for (std::size_t i = 0; i < n; i += lanes) store_within(d, hn::Div(exponential_at(i), sum), y, i, n);
}

bool runnable() { return (hwy::SupportedTargets() & HWY_TARGET) != 0; }

struct Planted {
  static constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_contiguous_row<float, softmax>}};
  static constexpr Variant variant(std::string_view instruction_set) {
    return {instruction_set,
            &runnable,
            kernels,
            {.summation = Summation::lanes,
             .accumulator_bytes = static_cast<unsigned>(sizeof(float) * HWY_LANES(float)),
             .exponential_ulp = 2,
             .bitwise = rowwise_contracts}};
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
#if HWY_TARGETS & HWY_EMU128
    N_EMU128::Planted::variant("emu128"),
#endif
#ifdef HWY_SSE2
#if HWY_TARGETS & HWY_SSE2
    N_SSE2::Planted::variant("sse2"),
#endif
#endif
#if HWY_TARGETS & HWY_SSSE3
    N_SSSE3::Planted::variant("ssse3"),
#endif
#if HWY_TARGETS & HWY_SSE4
    N_SSE4::Planted::variant("sse4"),
#endif
#if HWY_TARGETS & HWY_AVX2
    N_AVX2::Planted::variant("avx2"),
#endif
#if HWY_TARGETS & HWY_AVX3
    N_AVX3::Planted::variant("avx512"),
#endif
#if HWY_TARGETS & HWY_NEON
    N_NEON::Planted::variant("neon"),
#endif
};
constexpr Break breaks[] = {
    {"raises_no_flags", "beyond a distance of 1.4e9 the conversion of k to an integer is invalid, and before that 2^k is no "
                        "power of two: the results are thrown away, the flags stay"}};

} // namespace

namespace faults {
extern constinit const Implementation unclamped_conversion_simd{
    .name = "unclamped_conversion_simd",
    .summary = "exp converts k = x / log 2 of every finite x, and sets lanes below -104 to 0 afterwards",
    .source = "planted: after tenstorrent/tt-metal PR #55802, with the right results",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
#endif
