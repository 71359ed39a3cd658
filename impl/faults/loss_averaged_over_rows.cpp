#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void cross_entropy(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, std::log(sum) - (row.scale * row.x(row.target) - largest));
}

void mean_cross_entropy(const Call<float>& call) {
  each_row<float, cross_entropy, true>(call);
  for (std::size_t r = 0; r < call.layout.rows(); ++r) call.y[r] /= static_cast<float>(call.layout.rows());
}

constexpr Kernels kernels[] = {{.operation = Operation::cross_entropy, .f32 = &mean_cross_entropy}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"ignores_other_rows", "the loss of a row depends on how many others come with it; a row alone is right"}};

} // namespace

namespace faults {
extern constinit const Implementation loss_averaged_over_rows{
    .name = "loss_averaged_over_rows",
    .summary = "each row's loss is divided by the number of rows",
    .source = "planted: the mean over a batch where one loss a row is asked for",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
