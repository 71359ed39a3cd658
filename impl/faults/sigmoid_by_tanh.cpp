#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

void sigmoid(const Row<float>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = row.scale * row.x(i);
    row.put(i, 0.5f * (1 + std::tanh(0.5f * t)));
  }
}

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax, .f32 = &each_row<float, softmax>},
    {.operation = Operation::sigmoid, .f32 = &each_row<float, sigmoid>},
};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"equals_softmax_of_two",
     "1 + tanh cancels for negative t: nothing is left below -17, where softmax of (t, 0) still has every digit"}};

} // namespace

namespace faults {
extern constinit const Implementation sigmoid_by_tanh{
    .name = "sigmoid_by_tanh",
    .summary = "(1 + tanh(t / 2)) / 2",
    .source = "planted: a sigmoid through the tanh that the hardware has",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
