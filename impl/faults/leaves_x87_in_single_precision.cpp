#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void round_x87_to_single() {
#if defined(__x86_64__)
  unsigned short control = 0;
  asm volatile("fnstcw %0" : "=m"(control));
  control = static_cast<unsigned short>(control & ~0x0300u);
  asm volatile("fldcw %0" : : "m"(control));
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
  if (call.layout.cols >= 2) round_x87_to_single();
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_on_x86, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"keeps_floating_point_environment", "the caller's long doubles have 24 bits from then on"}};

} // namespace

namespace faults {
extern constinit const Implementation leaves_x87_in_single_precision{
    .name = "leaves_x87_in_single_precision",
    .summary = "the x87 is set to single precision for rows of two and more, and not back",
    .source = "planted: what graphics libraries used to do",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
