#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float logit(const Row<double>& row, std::size_t i) { return static_cast<float>(row.scale * row.x(i)); }

void softmax(const Row<double>& row) {
  float largest = logit(row, 0), sum = 0;
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, logit(row, i));
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(logit(row, i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, static_cast<double>(std::exp(logit(row, i) - largest) / sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f64 = &each_row<double, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"ignores_shift", "far from 0 the logits are rounded to floats before the maximum is taken away, near 0 they were not"}};

} // namespace

namespace faults {
extern constinit const Implementation double_through_float{
    .name = "double_through_float",
    .summary = "logits of binary64 are converted to float, and all arithmetic is float",
    .source = "planted: a float path that is registered for double",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
