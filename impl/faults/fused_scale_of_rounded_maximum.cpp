#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> void softmax(const Row<T>& row) {
  T largest = row.scale * row.x(0), sum = 0;
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(std::fma(row.scale, row.x(i), -largest));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(std::fma(row.scale, row.x(i), -largest)) / sum);
}

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax, .f32 = &each_row<float, softmax>, .f64 = &each_row<double, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"is_accurate", "scale x is not rounded inside the fused operation, the maximum is: the residue of "
                                            "2^-24 m enters every exponential, above 10^9 it overflows or none is left"}};

} // namespace

namespace faults {
extern constinit const Implementation fused_scale_of_rounded_maximum{
    .name = "fused_scale_of_rounded_maximum",
    .summary = "exp(fma(scale, x_i, -m)) with m = the largest of the rounded products",
    .source = "planted: after attention kernels that fuse the softmax scale",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
