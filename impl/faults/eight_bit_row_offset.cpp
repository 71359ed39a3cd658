#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Call<float>& call) {
  const Layout& layout = call.layout;
  for (std::size_t r = 0; r < layout.rows(); ++r) {
    const float* const x = call.x + static_cast<std::uint8_t>(layout.first_of_row(r));
    float* const y = call.y + layout.first_of_row(r);
    float largest = call.scale * x[0], sum = 0;
    for (std::size_t i = 1; i < layout.cols; ++i) largest = std::max(largest, call.scale * x[i * layout.inner]);
    for (std::size_t i = 0; i < layout.cols; ++i) sum += std::exp(call.scale * x[i * layout.inner] - largest);
    for (std::size_t i = 0; i < layout.cols; ++i)
      y[i * layout.inner] = std::exp(call.scale * x[i * layout.inner] - largest) / sum;
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"ignores_other_rows", "from the 256th element of a batch on, rows are read from its beginning"}};

} // namespace

namespace faults {
extern constinit const Implementation eight_bit_row_offset{
    .name = "eight_bit_row_offset",
    .summary = "where a row begins is computed in 8 bits (32 in the report, which needs 2^31 elements)",
    .source = "PaddlePaddle/Paddle PR #71935",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
