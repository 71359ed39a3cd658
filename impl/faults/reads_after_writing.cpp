#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void log_softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.scale * row.x(i) - largest);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const float logarithm = std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.y_data[i * row.stride] - logarithm);
}

constexpr Kernels kernels[] = {{.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"works_in_place", "where y is x, the second pass reads differences for logits and takes the maximum away again"}};

} // namespace

namespace faults {
extern constinit const Implementation reads_after_writing{
    .name = "reads_after_writing",
    .summary = "y = x - m is written in the first pass, and the second reads x again",
    .source = "planted: after NVIDIA/apex #1430 (a kernel that changes what it still needs)",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
