#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax_backward_from_output(const Row<float>& row) {
  float total = 0;
  for (std::size_t i = 0; i < row.n; ++i) total += row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.x(i) * (row.dy(i) - total));
}

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax_backward_from_output, .f32 = &each_row<float, softmax_backward_from_output>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"sums_to_zero", "sum_i y_i g_i and sum_k g_k are different numbers unless one element has all the mass"}};

} // namespace

namespace faults {
extern constinit const Implementation gradient_without_output{
    .name = "gradient_without_output",
    .summary = "y_i (g_i - sum_k g_k): the sum lacks the factor y_k",
    .source = "ROCm/MIOpen #112",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
