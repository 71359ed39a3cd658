#include "impl/implementation.hpp"

#include <cmath>

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
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
  constexpr std::size_t lanes = 8;
  for (std::size_t i = row.n; i % lanes != 0; ++i) *static_cast<volatile float*>(row.y_data + i) = 0;
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"writes_only_its_results", "unless n is a multiple of eight, zeros are stored behind y"}};

} // namespace

namespace faults {
extern constinit const Implementation pads_results_to_eight{
    .name = "pads_results_to_eight",
    .summary = "the results of a row are padded with zeros to whole vectors of eight",
    .source = "tensorflow/tensorflow PR #108244, where the padding belonged to the buffer",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
