#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax_backward(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const auto share = [&](std::size_t i) { return std::exp(row.scale * row.x(i) - largest) / sum; };
  float total = 0;
  for (std::size_t i = 0; i < row.n; ++i) total += row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.dy(i) - share(i) * total);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax_backward, .f32 = &each_row<float, softmax_backward>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"ignores_constant_gradient",
                             "a constant upstream gradient c leaves c (1 - n p_i) instead of 0; the results still sum to 0"}};

} // namespace

namespace faults {
extern constinit const Implementation log_softmax_gradient{
    .name = "log_softmax_gradient",
    .summary = "g_i - p_i sum_k g_k: the gradient of log-softmax where softmax's is due",
    .source = "uxlfoundation/oneDNN #616, the two the other way round",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
