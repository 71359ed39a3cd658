#include "impl/implementation.hpp"

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
  *static_cast<volatile float*>(call.y - 1) = 0;
  each_row<float, one_row>(call);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}, false}};
constexpr Break breaks[] = {{"writes_only_its_results", "the element before y belongs to somebody else"}};

} // namespace

namespace faults {
extern constinit const Implementation writes_before_results{
    .name = "writes_before_results",
    .summary = "results are cleared from the last one to the first, and one step too far",
    .source = "planted: a loop that counts down and tests after it has written",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
