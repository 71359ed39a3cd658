#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// An approximation of about twelve bits, as instructions give it, and two steps of Newton's method.
float reciprocal(float a) {
  float r = std::isinf(a) ? 0 : static_cast<float>(1 / static_cast<double>(a)) * (1 + 0x1p-13f);
  for (int k = 0; k < 2; ++k) r += r * std::fma(-a, r, 1.0f);
  return r;
}

void sigmoid(const Row<float>& row) {
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, reciprocal(1 + std::exp(-row.scale * row.x(i))));
}

constexpr Kernels kernels[] = {{.operation = Operation::sigmoid, .f32 = &each_row<float, sigmoid>}};
constexpr Variant variants[] = {{"scalar",
                                 &runs_everywhere,
                                 kernels,
                                 {.exponential_ulp = 4, .division = Division::reciprocal, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_accurate", "exp(-t) overflows below -88.7; the reciprocal of infinity begins as 0, and infinity times 0 is NaN"}};

} // namespace

namespace faults {
extern constinit const Implementation newton_reciprocal_of_infinity{
    .name = "newton_reciprocal_of_infinity",
    .summary = "1 / (1 + exp(-t)) by two steps of Newton's method from an approximate reciprocal",
    .source = "Tencent/ncnn #1284",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
