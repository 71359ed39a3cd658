#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  float largest = -10000;
  for (std::size_t i = 0; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"ignores_shift", "a row more than about 104 below -10000 underflows as a whole, and 0/0 is NaN"}};

} // namespace

namespace faults {
extern constinit const Implementation maximum_from_minus_ten_thousand{
    .name = "maximum_from_minus_ten_thousand",
    .summary = "the running maximum starts at -10000, taken for less than any logit",
    .source = "apache/mxnet #13141",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
