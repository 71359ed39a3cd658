#include "impl/implementation.hpp"

#include <bit>
#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  std::int32_t bits = std::bit_cast<std::int32_t>(row.scale * row.x(0));
  for (std::size_t i = 1; i < row.n; ++i) bits = std::max(bits, std::bit_cast<std::int32_t>(row.scale * row.x(i)));
  const float largest = std::bit_cast<float>(bits);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"restricts_to_parts",
     "negative floats order the other way round: a part without a positive logit is shifted by its minimum and may overflow"}};

} // namespace

namespace faults {
extern constinit const Implementation maximum_of_bits{
    .name = "maximum_of_bits",
    .summary = "the maximum is taken of the encodings, as signed integers",
    .source = "planted: atomicMax on the bits of a float, common in CUDA code",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
