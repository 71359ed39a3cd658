#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// Rows by twos; a last one without a partner finds the maximum that was left.
void softmax(const Call<float>& call) {
  const Layout& layout = call.layout;
  const auto at = [&](std::size_t r, std::size_t i) { return layout.first_of_row(r) + i * layout.inner; };
  float largest = 0;
  for (std::size_t r = 0; r < layout.rows(); ++r) {
    const bool is_alone = r > 0 && r % 2 == 0 && r + 1 == layout.rows();
    if (!is_alone) {
      largest = call.scale * call.x[at(r, 0)];
      for (std::size_t i = 1; i < layout.cols; ++i) largest = std::max(largest, call.scale * call.x[at(r, i)]);
    }
    float sum = 0;
    for (std::size_t i = 0; i < layout.cols; ++i) sum += std::exp(call.scale * call.x[at(r, i)] - largest);
    for (std::size_t i = 0; i < layout.cols; ++i) call.y[at(r, i)] = std::exp(call.scale * call.x[at(r, i)] - largest) / sum;
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"ignores_other_rows", "the last of three rows, or five, is shifted by another row's maximum"}};

} // namespace

namespace faults {
extern constinit const Implementation odd_row_with_the_maximum_before{
    .name = "odd_row_with_the_maximum_before",
    .summary = "rows are taken by twos, and the odd last one keeps the maximum of the row before",
    .source = "planted: rows by blocks, and a remainder that is forgotten in one of two places",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
