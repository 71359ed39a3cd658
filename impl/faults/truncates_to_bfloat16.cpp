#include "impl/implementation.hpp"

#include <bit>
#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<bfloat16>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void put_truncated(const Row<bfloat16>& row, std::size_t i, float value) {
  row.y_data[i * row.stride] = bfloat16{static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16)};
}

void softmax(const Row<bfloat16>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) put_truncated(row, i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .bf16 = &each_row<bfloat16, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"is_accurate", "dropping 16 bits errs by up to a whole unit in the last place, always downward"}};

} // namespace

namespace faults {
extern constinit const Implementation truncates_to_bfloat16{
    .name = "truncates_to_bfloat16",
    .summary = "the result is stored by dropping the lower half of a float instead of rounding",
    .source = "planted: after the usual float_to_bfloat16 that shifts by 16",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
