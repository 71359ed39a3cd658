#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void log_softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::log(std::exp(row.scale * row.x(i) - largest) / sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_accurate", "a share below the smallest subnormal is 0 and its logarithm -inf instead of about -104 and less"}};

} // namespace

namespace faults {
extern constinit const Implementation log_of_softmax{
    .name = "log_of_softmax",
    .summary = "log-softmax as log(exp(x_i - m) / sum)",
    .source = "pytorch/pytorch #94043",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
