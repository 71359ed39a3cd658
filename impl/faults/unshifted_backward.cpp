#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> ArithmeticOf<T> largest_of(const Row<T>& row) {
  ArithmeticOf<T> largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

template <class T> void softmax(const Row<T>& row) {
  const T largest = largest_of(row);
  T sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

template <class T> void softmax_backward(const Row<T>& row) {
  T sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i));
  const auto share = [&](std::size_t i) { return std::exp(row.scale * row.x(i)) / sum; };
  T mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
}

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax, .f32 = &each_row<float, softmax>, .f64 = &each_row<double, softmax>},
    {.operation = Operation::softmax_backward,
     .f32 = &each_row<float, softmax_backward>,
     .f64 = &each_row<double, softmax_backward>},
};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"sums_to_zero", "exp overflows for one logit of 89 (710 in f64), inf/inf is NaN, and the gradient with it"}};

} // namespace

namespace faults {
extern constinit const Implementation unshifted_backward{
    .name = "unshifted_backward",
    .summary = "the forward pass takes the maximum away, the backward pass exponentiates again without",
    .source = "FluxML/NNlib.jl #68",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
