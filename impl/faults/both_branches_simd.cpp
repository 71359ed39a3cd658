#include "impl/implementation.hpp"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "impl/faults/both_branches_simd.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class D> HWY_INLINE hn::Vec<D> exponential(D d, hn::Vec<D> x) {
  HWY_ALIGN float lanes[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(x, d, lanes);
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane) lanes[lane] = std::exp(lanes[lane]);
  return hn::Load(d, lanes);
}

template <class D> HWY_INLINE hn::Vec<D> sigmoid_of(D d, hn::Vec<D> t) {
  const auto one = hn::Set(d, 1.0f);
  const auto below = exponential(d, t);
  const auto above = exponential(d, hn::Neg(t));
  return hn::IfThenElse(hn::Lt(t, hn::Zero(d)), hn::Div(below, hn::Add(one, below)), hn::Div(one, hn::Add(one, above)));
}

void sigmoid(const float* x, float* y, std::size_t n, float scale) {
  const HWY_FULL(float) d;
  const std::size_t lanes = hn::Lanes(d);
  HWY_ALIGN float buffer[HWY_MAX_BYTES / sizeof(float)] = {};
  for (std::size_t i = 0; i < n; i += lanes) {
    const std::size_t count = std::min(lanes, n - i);
    for (std::size_t lane = 0; lane < count; ++lane) buffer[lane] = scale * x[i + lane];
    hn::Store(sigmoid_of(d, hn::Load(d, buffer)), d, buffer);
    for (std::size_t lane = 0; lane < count; ++lane) y[i + lane] = buffer[lane];
  }
}

bool runnable() { return (hwy::SupportedTargets() & HWY_TARGET) != 0; }

struct Planted {
  static constexpr Kernels kernels[] = {{.operation = Operation::sigmoid, .f32 = &each_contiguous_row<float, sigmoid>}};
  static constexpr Variant variant(std::string_view instruction_set) {
    return {instruction_set, &runnable, kernels, {.bitwise = rowwise_contracts}};
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
    {"raises_no_flags",
     "exp(-t) overflows far below 0 and exp(t) far above, inf / inf is invalid, and the selection takes the other one"}};

} // namespace

namespace faults {
extern constinit const Implementation both_branches_simd{
    .name = "both_branches_simd",
    .summary = "e / (1 + e) with e = exp(t) and 1 / (1 + exp(-t)) are both computed, and the sign of t selects",
    .source = "planted: the where that poisons gradients in jax-ml/jax #17117",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
#endif
