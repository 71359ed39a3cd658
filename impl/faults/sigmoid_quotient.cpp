#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> void sigmoid(const Row<T>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const T e = std::exp(row.scale * row.x(i));
    row.put(i, e / (1 + e));
  }
}

constexpr Kernels kernels[] = {
    {.operation = Operation::sigmoid, .f32 = &each_row<float, sigmoid>, .f64 = &each_row<double, sigmoid>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"lies_in_unit_interval", "exp(t) overflows above 88.7 (709.8 in f64), and inf/inf is NaN where 1 is due"}};

} // namespace

namespace faults {
extern constinit const Implementation sigmoid_quotient{
    .name = "sigmoid_quotient",
    .summary = "exp(t) / (1 + exp(t))",
    .source = "planted: the other textbook formula",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
