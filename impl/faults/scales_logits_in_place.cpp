#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  auto* const x = const_cast<float*>(row.x_data);
  for (std::size_t i = 0; i < row.n; ++i) *static_cast<volatile float*>(x + i * row.stride) = row.scale * row.x(i);
  float largest = row.x(0), sum = 0;
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}, false}};
constexpr Break breaks[] = {{"leaves_its_inputs_alone", "x is an input: it was given to be read"}};

} // namespace

namespace faults {
extern constinit const Implementation scales_logits_in_place{
    .name = "scales_logits_in_place",
    .summary = "logits are multiplied by the scale where they are, before anything else",
    .source = "pytorch/pytorch #96602, by its symptom: the input is another one afterwards",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
