#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

constexpr std::size_t block = 256;

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float total = 0;
  for (std::size_t first = 0; first < row.n; first += block) {
    const std::size_t end = std::min(row.n, first + block);
    float sum = 0;
    for (std::size_t i = first; i < end; ++i) sum += std::exp(row.scale * row.x(i) - largest);
    total += sum;
    for (std::size_t i = first; i < end; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / total);
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_accurate_at_every_width", "all but the last block are divided by a sum without the blocks after them"}};

} // namespace

namespace faults {
extern constinit const Implementation divides_by_unfinished_sum{
    .name = "divides_by_unfinished_sum",
    .summary = "each block of 256 adds its sum to the total and divides by what the total is then",
    .source = "xlite-dev/LeetCUDA #251: a memory fence between blocks that was taken for a barrier",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
