#include "impl/implementation.hpp"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "impl/faults/stale_lanes_in_sum_simd.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

void softmax(const float* x, float* y, std::size_t n, float scale) {
  const HWY_FULL(float) d;
  const std::size_t lanes = hn::Lanes(d);
  float largest = scale * x[0];
  for (std::size_t i = 1; i < n; ++i) largest = std::max(largest, scale * x[i]);
  auto sums = hn::Zero(d);
  HWY_ALIGN float exponentials[HWY_MAX_BYTES / sizeof(float)] = {};
  for (std::size_t i = 0; i < n; i += lanes) {
    for (std::size_t lane = 0; lane < lanes && i + lane < n; ++lane)
      exponentials[lane] = std::exp(scale * x[i + lane] - largest);
    sums = hn::Add(sums, hn::Load(d, exponentials));
  }
  const float sum = hn::GetLane(hn::SumOfLanes(d, sums));
  for (std::size_t i = 0; i < n; ++i) y[i] = std::exp(scale * x[i] - largest) / sum;
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
    {"is_accurate_at_every_width", "where n is more than a vector and no multiple of it, some exponentials are added twice"}};

} // namespace

namespace faults {
extern constinit const Implementation stale_lanes_in_sum_simd{
    .name = "stale_lanes_in_sum_simd",
    .summary = "the last vector of the sum is only partly overwritten: the other lanes still hold the one before",
    .source = "planted: a tail buffer that is used again; compare gabrieldemarmiesse/torch-mojo-backend PR #319",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
#endif
