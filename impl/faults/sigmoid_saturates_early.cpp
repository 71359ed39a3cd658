#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void sigmoid(const Row<float>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = row.scale * row.x(i);
    const float e = std::exp(-std::fabs(t));
    row.put(i, t > 9 ? 1 : (t < 0 ? e : 1) / (1 + e));
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::sigmoid, .f32 = &each_row<float, sigmoid>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"complements_under_negation",
                             "sigmoid(-9) is right and 1.2e-4, so sigmoid(9) is not 1: together they exceed 1 by as much"}};

} // namespace

namespace faults {
extern constinit const Implementation sigmoid_saturates_early{
    .name = "sigmoid_saturates_early",
    .summary = "1 from t = 9 on",
    .source = "planted: the cutoff of a half-precision sigmoid, kept in float",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
