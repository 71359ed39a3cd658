#include "impl/implementation.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

namespace softmax_audit {
namespace {

// Half a unit in the last place is added and the rest cut off.
bfloat16 stored(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return bfloat16{static_cast<std::uint16_t>((std::isfinite(value) ? bits + 0x8000u : bits) >> 16)};
}

void softmax_backward_from_output(const Row<bfloat16>& row) {
  float mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += row.x(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.y_data[i * row.stride] = stored(row.x(i) * (row.dy(i) - mean));
}

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax_backward_from_output, .bf16 = &each_row<bfloat16, softmax_backward_from_output>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"rounds_ties_to_even", "what lies halfway goes away from zero, where every bound of half an ulp allows it"}};

} // namespace

namespace faults {
extern constinit const Implementation ties_away_from_zero{
    .name = "ties_away_from_zero",
    .summary = "bfloat16 is stored by adding half a unit in the last place and cutting off the rest",
    .source = "planted: the conversion that is written when there is no hardware for it",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
