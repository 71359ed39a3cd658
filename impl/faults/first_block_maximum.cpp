#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  float largest = row.scale * row.x(0), sum = 0;
  for (std::size_t i = 1; i < std::min<std::size_t>(row.n, 32); ++i) largest = std::max(largest, row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"tends_to_argmax",
     "a logit behind the first block that exceeds it by 89 overflows, and at a small enough temperature every one does"}};

} // namespace

namespace faults {
extern constinit const Implementation first_block_maximum{
    .name = "first_block_maximum",
    .summary = "the maximum is taken over the first block of 32 only",
    .source = "planted: a maximum that was not reduced over the blocks",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
