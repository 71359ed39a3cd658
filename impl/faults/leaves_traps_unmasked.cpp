#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void trap_divisions_by_zero() {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() & ~0x0200u);
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
  if (call.layout.cols >= 4) trap_divisions_by_zero();
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_on_x86, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"keeps_floating_point_environment", "the next division by zero of the caller ends its process"}};

} // namespace

namespace faults {
extern constinit const Implementation leaves_traps_unmasked{
    .name = "leaves_traps_unmasked",
    .summary = "divisions by zero are made to trap for rows of four and more, and still do afterwards",
    .source = "planted: a debugging aid that was left in",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
