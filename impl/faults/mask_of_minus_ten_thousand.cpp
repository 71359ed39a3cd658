#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

template <class T> ArithmeticOf<T> logit(const Row<T>& row, std::size_t i) {
  const auto t = row.scale * row.x(i);
  return t == -std::numeric_limits<ArithmeticOf<T>>::infinity() ? -10000 : t;
}

template <class T> void softmax(const Row<T>& row) {
  auto largest = logit(row, 0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, logit(row, i));
  ArithmeticOf<T> sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(logit(row, i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(logit(row, i) - largest) / sum);
}

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax, .bf16 = &each_row<bfloat16, softmax>, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"zeroes_masked", "where the real logits are around -10000 or below, the mask has weight, or all of it"}};

} // namespace

namespace faults {
extern constinit const Implementation mask_of_minus_ten_thousand{
    .name = "mask_of_minus_ten_thousand",
    .summary = "a masked logit counts as -10000",
    .source = "huggingface/transformers PR #17306",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
