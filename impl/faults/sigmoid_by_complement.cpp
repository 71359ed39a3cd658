#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void sigmoid(const Row<float>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = row.scale * row.x(i);
    const float above = 1 / (1 + std::exp(-std::fabs(t)));
    row.put(i, t < 0 ? 1 - above : above);
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::sigmoid, .f32 = &each_row<float, sigmoid>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_accurate", "one minus a number near one has an error of 2^-24, however small the result: 0 from t = -17 on"}};

} // namespace

namespace faults {
extern constinit const Implementation sigmoid_by_complement{
    .name = "sigmoid_by_complement",
    .summary = "1 / (1 + exp(-t)) for t from 0 on, and one minus that of -t below",
    .source = "microsoft/onnxruntime #24685",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
