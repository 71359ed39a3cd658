#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> void log_softmax(const Row<T>& row) {
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i));
  const float logarithm = std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.scale * row.x(i) - logarithm);
}

constexpr Kernels kernels[] = {
    {.operation = Operation::log_softmax, .bf16 = &each_row<bfloat16, log_softmax>, .f32 = &each_row<float, log_softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"has_no_positive_logarithm", "a row below -104 sums to 0, and x_i - log 0 is +inf; above 88 the sum is infinite"}};

} // namespace

namespace faults {
extern constinit const Implementation unshifted_log_softmax{
    .name = "unshifted_log_softmax",
    .summary = "x_i - log sum exp(x_j), without a maximum",
    .source = "tenstorrent/tt-metal PR #10001",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
