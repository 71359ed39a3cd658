#include "impl/implementation.hpp"

#include <cmath>
#include <utility>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  auto* const x = const_cast<float*>(row.x_data);
  std::size_t at = 0;
  for (std::size_t i = 1; i < row.n; ++i)
    if (row.x(i) > row.x(at)) at = i;
  for (int times = 0; at > 0 && times < 2; ++times) {
    const float first = row.x(0), there = row.x(at);
    *static_cast<volatile float*>(x) = there;
    *static_cast<volatile float*>(x + at * row.stride) = first;
  }
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}, false}};
constexpr Break breaks[] = {
    {"leaves_its_inputs_alone", "a write that is undone is a write: other threads read x at the same time"}};

} // namespace

namespace faults {
extern constinit const Implementation swaps_maximum_to_front{
    .name = "swaps_maximum_to_front",
    .summary = "the largest logit is swapped with the first one and back again",
    .source = "planted: a selection written for a buffer of its own",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
