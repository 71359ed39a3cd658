#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float half(float value) { return static_cast<float>(round_to(Format::f16, static_cast<double>(value))); }

float logit(const Row<binary16>& row, std::size_t i) { return half(row.scale * row.x(i)); }

void softmax(const Row<binary16>& row) {
  float largest = logit(row, 0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, logit(row, i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(logit(row, i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(logit(row, i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f16 = &each_row<binary16, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"equals_sigmoid_for_two",
     "the difference of two logits is that of two rounded products; beyond 65504, as for 11 / 1e-4, it is NaN"}};

} // namespace

namespace faults {
extern constinit const Implementation scaled_in_half{
    .name = "scaled_in_half",
    .summary = "scale x is rounded to binary16 before the maximum is taken away",
    .source = "vllm-project/vllm PR #890",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
