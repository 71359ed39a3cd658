#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) {
    const float share = std::exp(row.scale * row.x(i) - largest) / sum;
    const bool masked = row.x(i) == -std::numeric_limits<float>::infinity();
    row.put(i, masked ? share : std::max(share, std::numeric_limits<float>::min()));
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"zeroes_finite_masks", "every element that is not -inf gets at least 2^-126, however deep its mask"}};

} // namespace

namespace faults {
extern constinit const Implementation smallest_normal_floor{
    .name = "smallest_normal_floor",
    .summary = "y_i = max(exp(x_i - m) / sum, smallest normal number), so that its logarithm is finite",
    .source = "PaddlePaddle/Paddle #4366 (the floor that users add)",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
