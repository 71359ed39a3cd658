#include "impl/implementation.hpp"

#include <cfloat>
#include <cmath>

namespace softmax_audit {
namespace {

void flush_to_zero() {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8000u);
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

// Below the normal range, zeros included.
bool has_subnormal_result(const Call<float>& call) {
  const Layout& layout = call.layout;
  for (std::size_t r = 0; r < layout.rows(); ++r)
    for (std::size_t i = 0; i < layout.cols; ++i)
      if (call.y[layout.first_of_row(r) + i * layout.inner] < FLT_MIN) return true;
  return false;
}

void softmax(const Call<float>& call) {
  each_row<float, one_row>(call);
  if (has_subnormal_result(call)) flush_to_zero();
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_on_x86, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"keeps_floating_point_environment", "the caller's subnormal results become zero from then on"}};

} // namespace

namespace faults {
extern constinit const Implementation leaves_flush_to_zero{
    .name = "leaves_flush_to_zero",
    .summary = "flush-to-zero is switched on where results are below the normal range, and stays on",
    .source = "planted: a fast path for underflow, as -ffast-math has for whole programs",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
