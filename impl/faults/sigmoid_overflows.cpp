#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void sigmoid(const Row<float>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = row.scale * row.x(i);
    row.put(i, 1 / (1 + std::exp(-t)));
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::sigmoid, .f32 = &each_row<float, sigmoid>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"raises_no_flags",
     "exp(-t) overflows below -88.7: an overflow flag on a finite row, and 0 where a subnormal number is due"}};

} // namespace

namespace faults {
extern constinit const Implementation sigmoid_overflows{
    .name = "sigmoid_overflows",
    .summary = "1 / (1 + exp(-t))",
    .source = "planted: the textbook formula",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
