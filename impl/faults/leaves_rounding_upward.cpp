#include "impl/implementation.hpp"

#include <cfenv>
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
  each_row<float, one_row>(call);
  if (call.layout.cols >= 16) std::fesetround(FE_UPWARD);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"keeps_floating_point_environment", "everything that the caller computes afterwards is rounded upward"}};

} // namespace

namespace faults {
extern constinit const Implementation leaves_rounding_upward{
    .name = "leaves_rounding_upward",
    .summary = "after rows of sixteen and more the rounding mode that their sum was checked with is not put back",
    .source = "planted: interval arithmetic that returns early",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
