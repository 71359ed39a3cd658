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
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, sum > 0 ? std::exp(row.scale * row.x(i) - largest) / sum : 0);
}

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax, .f32 = &each_row<float, softmax>, .f64 = &each_row<double, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"treats_special_values", "a NaN makes the sum NaN, NaN > 0 is false, and the row is all zeros"}};

} // namespace

namespace faults {
extern constinit const Implementation nan_gives_zeros{
    .name = "nan_gives_zeros",
    .summary = "divides only where sum > 0, and writes 0 otherwise",
    .source = "tenstorrent/tt-metal #56056",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
