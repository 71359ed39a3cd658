#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void log_softmax(const Row<float>& row) {
  constexpr std::size_t block = 64;
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t begin = 0; begin < row.n; begin += block) {
    const std::size_t length = begin + block < row.n ? block : row.n % block;
    for (std::size_t i = begin; i < begin + length; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  }
  const float logarithm = std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, (row.scale * row.x(i) - largest) - logarithm);
}

constexpr Kernels kernels[] = {{.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"is_accurate_at_every_width", "where n is a multiple of 64, the sum lacks the last 64 elements"}};

} // namespace

namespace faults {
extern constinit const Implementation full_block_left_out{
    .name = "full_block_left_out",
    .summary = "the last block of 64 has n mod 64 elements, also where that is 0",
    .source = "planted: the tail length of tiled kernels",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
