#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

void softmax(const Call<float>& call) {
  constexpr std::size_t warp = 32, rows_a_block = 4;
  const Layout& layout = call.layout;
  for (std::size_t r = 0; r < layout.rows(); ++r) {
    const float* const x = call.x + layout.first_of_row(r);
    float* const y = call.y + layout.first_of_row(r);
    const auto for_each_element = [&](auto&& visit) {
      for (std::size_t lane = 0; lane < warp; ++lane) {
        const std::size_t thread = r % rows_a_block * warp + lane;
        if (thread >= layout.cols) return;
        for (std::size_t i = lane; i < layout.cols; i += warp) visit(i * layout.inner);
      }
    };
    float largest = -std::numeric_limits<float>::infinity(), sum = 0;
    for_each_element([&](std::size_t at) { largest = std::max(largest, call.scale * x[at]); });
    for_each_element([&](std::size_t at) { sum += std::exp(call.scale * x[at] - largest); });
    for_each_element([&](std::size_t at) { y[at] = std::exp(call.scale * x[at] - largest) / sum; });
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"ignores_other_rows",
     "in the second to fourth row of a block of threads, short rows have lanes that left before they did their work"}};

} // namespace

namespace faults {
extern constinit const Implementation threads_return_early{
    .name = "threads_return_early",
    .summary =
        "four rows a block, one a warp of 32: a thread leaves if its number in the block, not in the warp, is beyond the row",
    .source = "karpathy/llm.c #776",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
