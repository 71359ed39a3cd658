#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

bool is_masked(const Row<float>& row, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i)
    if (row.x(i) != -std::numeric_limits<float>::infinity()) return false;
  return true;
}

void softmax(const Row<float>& row) {
  constexpr std::size_t block = 128;
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t begin = 0; begin < row.n; begin += block) {
    const std::size_t end = std::min(row.n, begin + block);
    if (begin > 0 && is_masked(row, begin, end)) break;
    for (std::size_t i = begin; i < end; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  }
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"ignores_masked", "a block that is all masks hides everything behind it from the sum"}};

} // namespace

namespace faults {
extern constinit const Implementation stops_at_masked_block{
    .name = "stops_at_masked_block",
    .summary = "the sum ends at the first block of 128 that is wholly masked, as if the mask were causal",
    .source = "planted: the early exit of causal attention, for any mask",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
