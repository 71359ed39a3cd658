#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  float largest = row.scale * row.x(0), sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = row.scale * row.x(i);
    if (t > largest) {
      if (t - largest > 0x1p-8f) sum *= std::exp(largest - t);
      largest = t;
    }
    sum += std::exp(t - largest);
  }
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"sums_to_one", "a rise of the maximum by less than 1/256 leaves the sum too large by as much"}};

} // namespace

namespace faults {
extern constinit const Implementation small_rises_not_rescaled{
    .name = "small_rises_not_rescaled",
    .summary = "online, but a rise of the maximum by less than 1/256 does not rescale the sum",
    .source = "planted: lazy rescaling, without the correction at the end",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
