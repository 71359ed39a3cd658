#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  float largest = std::fmax(row.y_data[0], row.scale * row.x(0)), sum = 0;
  for (std::size_t i = 1; i < row.n; ++i) largest = std::fmax(largest, row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}, false}};
constexpr Break breaks[] = {{"ignores_previous_results", "a large number in y makes all exponentials zero"}};

} // namespace

namespace faults {
extern constinit const Implementation starts_maximum_from_results{
    .name = "starts_maximum_from_results",
    .summary = "the running maximum starts with what the place of the first result holds, unless that is not a number",
    .source = "karpathy/llm.c PR #847, by its symptom: what was there before takes part",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
