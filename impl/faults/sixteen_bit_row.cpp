#include "impl/implementation.hpp"

#include <cmath>
#include <cstdint>

namespace softmax_audit {
namespace {

void softmax(const Call<float>& call) {
  const Layout& layout = call.layout;
  for (std::size_t r = 0; r < layout.rows(); ++r) {
    const auto row = static_cast<std::uint16_t>(r);
    const float* const x = call.x + layout.first_of_row(row);
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
constexpr Break breaks[] = {{"ignores_other_rows", "row 65536 of a batch is read where row 0 stands"}};

} // namespace

namespace faults {
extern constinit const Implementation sixteen_bit_row{
    .name = "sixteen_bit_row",
    .summary = "rows are counted in 16 bits, as the second dimension of a grid of thread blocks is",
    .source = "tensorflow/tensorflow #4425",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
