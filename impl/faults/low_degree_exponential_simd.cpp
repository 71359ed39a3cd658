#include "impl/implementation.hpp"

#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "impl/faults/low_degree_exponential_simd.cpp"
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

// exp(x) = 2^k exp(x - k log 2) for x <= 0.
template <class D> HWY_INLINE hn::Vec<D> exponential(D d, hn::Vec<D> x) {
  const hn::RebindToSigned<D> di;
  const auto lowest = hn::Set(d, -104.0f);
  const auto finite = hn::IfThenElse(hn::Ge(x, lowest), x, lowest);
  const auto k = hn::Round(hn::Mul(finite, hn::Set(d, 0x1.715476p+0f)));
  const auto high = hn::Sub(finite, hn::Mul(k, hn::Set(d, 0x1.62e4p-1f)));
  const auto r = hn::Sub(high, hn::Mul(k, hn::Set(d, 0x1.7f7d1cp-20f)));
  auto fraction = hn::Set(d, 1.0f / 6);
  for (const float coefficient : {1.0f / 2, 1.0f, 1.0f}) fraction = hn::MulAdd(fraction, r, hn::Set(d, coefficient));
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
    {"equals_sigmoid_for_two", "the remainder r^4 / 24 is up to 6e-4 of the exponential, five thousand times its last place"}};

} // namespace

namespace faults {
extern constinit const Implementation low_degree_exponential_simd{
    .name = "low_degree_exponential_simd",
    .summary = "exp by the cubic Taylor polynomial after a reduction to |r| <= log(2) / 2",
    .source = "alibaba/MNN #235 (a vector exp taken from elsewhere)",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
#endif
