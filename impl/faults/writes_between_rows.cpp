#include "impl/implementation.hpp"

#include <algorithm>
#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void one_row(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

void softmax(const Call<float>& call) {
  const Layout& layout = call.layout;
  for (std::size_t b = 0; b + 1 < layout.blocks; ++b)
    std::fill(call.y + b * layout.pitch + layout.cols * layout.inner, call.y + (b + 1) * layout.pitch, 0.0f);
  each_row<float, one_row>(call);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}, false}};
constexpr Break breaks[] = {
    {"writes_only_its_results", "what lies between the rows of a slice belongs to the tensor that it was cut from"}};

} // namespace

namespace faults {
extern constinit const Implementation writes_between_rows{
    .name = "writes_between_rows",
    .summary = "results are cleared from the beginning of a row to the beginning of the next, however far away that is",
    .source = "torch/nn #825",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
