#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Call<float>& call) {
  const Layout& layout = call.layout;
  const bool transposed = layout.inner > 1;
  for (std::size_t r = 0; r < layout.rows(); ++r) {
    const float* const x = call.x + (transposed ? r * layout.cols : layout.first_of_row(r));
    float* const y = call.y + layout.first_of_row(r);
    float largest = call.scale * x[0], sum = 0;
    for (std::size_t i = 1; i < layout.cols; ++i) largest = std::max(largest, call.scale * x[i]);
    for (std::size_t i = 0; i < layout.cols; ++i) sum += std::exp(call.scale * x[i] - largest);
    for (std::size_t i = 0; i < layout.cols; ++i) y[i * layout.inner] = std::exp(call.scale * x[i] - largest) / sum;
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"ignores_axis", "of a transposed matrix it reads the rows of what was transposed"}};

} // namespace

namespace faults {
extern constinit const Implementation input_strides_ignored{
    .name = "input_strides_ignored",
    .summary = "the input is read as if it were contiguous, the output is strided",
    .source = "flagos-ai/Torch-FL #171",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
