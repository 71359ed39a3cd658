#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "impl/faults/float_constants_for_double_simd.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class D, class T> HWY_INLINE hn::Vec<D> load_or_masked(D d, const T* x, std::size_t i, std::size_t n, T scale) {
  HWY_ALIGN T buffer[HWY_MAX_BYTES / sizeof(T)];
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane)
    buffer[lane] = i + lane < n ? scale * x[i + lane] : -std::numeric_limits<T>::infinity();
  return hn::Load(d, buffer);
}

// exp(x) = 2^k exp(x - k log 2): reduced in vectors, the rest element by element. In two floats, log 2 has 44 bits.
template <class D> HWY_INLINE hn::Vec<D> exponential(D d, hn::Vec<D> x) {
  using T = hn::TFromD<D>;
  const auto lowest = hn::Set(d, T(-800));
  const auto k = hn::Round(hn::Mul(hn::IfThenElse(hn::Ge(x, lowest), x, lowest), hn::Set(d, T(1.4426950408889634))));
  const auto high = hn::Sub(x, hn::Mul(k, hn::Set(d, T(0x1.62e4p-1f))));
  HWY_ALIGN T r[HWY_MAX_BYTES / sizeof(T)], exponents[HWY_MAX_BYTES / sizeof(T)];
  hn::Store(hn::Sub(high, hn::Mul(k, hn::Set(d, T(0x1.7f7d1cp-20f)))), d, r);
  hn::Store(k, d, exponents);
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane)
    r[lane] = std::ldexp(std::exp(r[lane]), static_cast<int>(exponents[lane]));
  return hn::Load(d, r);
}

template <class T> void softmax(const T* x, T* y, std::size_t n, T scale) {
  const HWY_FULL(T) d;
  const std::size_t lanes = hn::Lanes(d);
  T largest = scale * x[0];
  for (std::size_t i = 1; i < n; ++i) largest = std::max(largest, scale * x[i]);
  const auto exponential_at = [&](std::size_t i) {
    return exponential(d, hn::Sub(load_or_masked(d, x, i, n, scale), hn::Set(d, largest)));
  };
  auto sums = hn::Zero(d);
  for (std::size_t i = 0; i < n; i += lanes) sums = hn::Add(sums, exponential_at(i));
  const auto sum = hn::SumOfLanes(d, sums);
  HWY_ALIGN T shares[HWY_MAX_BYTES / sizeof(T)];
  for (std::size_t i = 0; i < n; i += lanes) {
    hn::Store(hn::Div(exponential_at(i), sum), d, shares);
    for (std::size_t lane = 0; lane < lanes && i + lane < n; ++lane) y[i + lane] = shares[lane];
  }
}

bool runnable() { return (hwy::SupportedTargets() & HWY_TARGET) != 0; }

struct Planted {
  static constexpr Kernels kernels[] = {{.operation = Operation::softmax,
                                         .f32 = &each_contiguous_row<float, softmax>,
                                         .f64 = &each_contiguous_row<double, softmax>}};
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
    {"is_accurate",
     "the two floats miss log 2 by 5e-14, and k of them are taken away: thousands of units in the last place of binary64",
     Format::f64}};

} // namespace

namespace faults {
extern constinit const Implementation float_constants_for_double_simd{
    .name = "float_constants_for_double_simd",
    .summary = "exp reduces by log 2 as two floats, in binary64 as well",
    .source = "planted: a template whose constants carry the suffix f",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
#endif
