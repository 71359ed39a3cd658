#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> void softmax(const Row<T>& row) {
  T largest = 0;
  for (std::size_t i = 0; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  T sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax, .f32 = &each_row<float, softmax>, .f64 = &each_row<double, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"splits_ties_evenly", "a row far below zero is shifted by 0, every exponential underflows, and 0/0 is NaN"}};

} // namespace

namespace faults {
extern constinit const Implementation maximum_from_zero{
    .name = "maximum_from_zero",
    .summary = "shifted by max(0, max x) instead of max x",
    .source = "FluxML/NNlib.jl PR #43",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
