#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  float outermost = row.x(0), sum = 0;
  for (std::size_t i = 1; i < row.n; ++i)
    outermost = row.scale < 0 ? std::min(outermost, row.x(i)) : std::max(outermost, row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * (row.x(i) - outermost));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * (row.x(i) - outermost)) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"tends_to_uniform",
     "x_i - m overflows where the row spans more than the format, and no scale, however small, brings -inf back"}};

} // namespace

namespace faults {
extern constinit const Implementation subtracts_before_scaling{
    .name = "subtracts_before_scaling",
    .summary = "exp(scale (x_i - m)) with m of the unscaled logits",
    .source = "planted: temperature applied to the differences",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
