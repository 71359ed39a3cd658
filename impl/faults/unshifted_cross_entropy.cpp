#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void cross_entropy(const Row<float>& row) {
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i));
  row.put(0, std::log(sum) - row.scale * row.x(row.target));
}

constexpr Kernels kernels[] = {{.operation = Operation::cross_entropy, .f32 = &each_row<float, cross_entropy, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"has_no_positive_logarithm", "a row below -104 sums to 0, and the loss is log 0 = -inf: the target more than certain"}};

} // namespace

namespace faults {
extern constinit const Implementation unshifted_cross_entropy{
    .name = "unshifted_cross_entropy",
    .summary = "log sum exp(x_j) - x_target, without a maximum",
    .source = "FluxML/NNlib.jl #68",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
