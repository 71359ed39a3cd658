#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Call<float>& call) {
  const Layout& layout = call.layout;
  Layout packed = layout;
  packed.pitch = layout.cols * layout.inner;
  for (std::size_t r = 0; r < layout.rows(); ++r) {
    const float* const x = call.x + packed.first_of_row(r);
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
constexpr Break breaks[] = {{"ignores_row_stride", "with a gap between the rows, the second row is read from the gap"}};

} // namespace

namespace faults {
extern constinit const Implementation packed_rows_assumed{
    .name = "packed_rows_assumed",
    .summary = "row r is read at r cols, whatever the pitch; it is written where it belongs",
    .source = "ROCm/rocm-libraries #11387 (MIOpen)",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
