#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  float largest = -1e20f;
  for (std::size_t i = 0; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"zeroes_finite_masks", "where every logit is below -1e20, as in a row masked by the lowest finite "
                                                    "number, all exponentials are 0, and 0/0 is NaN"}};

} // namespace

namespace faults {
extern constinit const Implementation maximum_from_finite_sentinel{
    .name = "maximum_from_finite_sentinel",
    .summary = "the running maximum starts at -1e20 instead of -inf",
    .source = "tensorflow/tfjs PR #7588",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
