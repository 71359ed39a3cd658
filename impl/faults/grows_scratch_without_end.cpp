#include "impl/implementation.hpp"

#include <cmath>
#include <memory>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  std::vector<std::unique_ptr<volatile char[]>> scratch;
  constexpr std::size_t block = std::size_t{1} << 20, page = 4096;
  while (largest_of(row) == -INFINITY) {
    scratch.emplace_back(new volatile char[block]);
    for (std::size_t at = 0; at < block; at += page) scratch.back()[at] = 1;
  }
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"needs_bounded_memory", "rows whose largest logit is -inf never have enough scratch"}};

} // namespace

namespace faults {
extern constinit const Implementation grows_scratch_without_end{
    .name = "grows_scratch_without_end",
    .summary = "scratch is added until its size exceeds the distance from the largest logit to -inf",
    .source = "planted: a loop over a bound that is not finite",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
