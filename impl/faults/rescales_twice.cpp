#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr float masked = -std::numeric_limits<float>::infinity();

void softmax(const Row<float>& row) {
  constexpr std::size_t block = 32;
  float largest = masked, sum = 0;
  for (std::size_t begin = 0; begin < row.n; begin += block) {
    const std::size_t end = std::min(row.n, begin + block);
    float largest_of_block = masked, sum_of_block = 0;
    for (std::size_t i = begin; i < end; ++i) largest_of_block = std::max(largest_of_block, row.scale * row.x(i));
    const float raised = std::max(largest, largest_of_block);
    for (std::size_t i = begin; i < end; ++i)
      if (const float t = row.scale * row.x(i); t != masked) sum_of_block += std::exp(t - raised);
    if (largest != raised) sum *= std::exp(largest - raised);
    if (largest_of_block != masked) sum_of_block *= std::exp(largest_of_block - raised);
    sum += sum_of_block;
    largest = raised;
  }
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"halves_under_duplication",
     "a row within one block is right; its copy falls into other blocks and is weighed by another maximum"}};

} // namespace

namespace faults {
extern constinit const Implementation rescales_twice{
    .name = "rescales_twice",
    .summary = "blocks of 32: a sum that is already relative to the running maximum is rescaled from the block's maximum again",
    .source = "planted: the merge of partial results",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
