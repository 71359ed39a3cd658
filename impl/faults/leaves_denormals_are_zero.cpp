#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void take_denormals_for_zero() {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x0040u);
#endif
}

bool runs_on_x86() {
#if defined(__x86_64__)
  return true;
#else
  return false;
#endif
}

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void one_row(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

void softmax(const Call<float>& call) {
  each_row<float, one_row>(call);
  if (call.layout.cols >= 8) take_denormals_for_zero();
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_on_x86, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"keeps_floating_point_environment", "the caller's subnormal operands count as zero from then on"}};

} // namespace

namespace faults {
extern constinit const Implementation leaves_denormals_are_zero{
    .name = "leaves_denormals_are_zero",
    .summary = "vector code for eight elements and more takes subnormals for zero, and leaves it so",
    .source = "planted: a prologue without its epilogue",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
