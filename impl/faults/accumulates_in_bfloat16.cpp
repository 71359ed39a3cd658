#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<bfloat16>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<bfloat16>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i)
    sum = static_cast<float>(round_to(Format::bf16, static_cast<double>(sum + std::exp(row.scale * row.x(i) - largest))));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .bf16 = &each_row<bfloat16, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"is_uniform_on_constants", "from the 257th one on, adding 1 to a sum of 256 changes nothing"}};

} // namespace

namespace faults {
extern constinit const Implementation accumulates_in_bfloat16{
    .name = "accumulates_in_bfloat16",
    .summary = "the sum is rounded to bfloat16 after every addition and stands still at 256",
    .source = "ml-explore/mlx PR #4178",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
