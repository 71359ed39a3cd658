#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax_backward(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const auto share = [&](std::size_t i) { return std::exp(row.scale * row.x(i) - largest) / sum; };
  float mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
  for (std::size_t i = 0; i < row.n; ++i)
    *static_cast<volatile float*>(const_cast<float*>(row.dy_data) + i * row.stride) = share(i) * row.dy(i);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax_backward, .f32 = &each_row<float, softmax_backward>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}, false}};
constexpr Break breaks[] = {{"leaves_its_inputs_alone", "dy is an input: other branches of the graph still need it"}};

} // namespace

namespace faults {
extern constinit const Implementation writes_upstream_gradient{
    .name = "writes_upstream_gradient",
    .summary = "the products of shares and upstream gradients are kept in dy",
    .source = "NVIDIA/apex #1430",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
