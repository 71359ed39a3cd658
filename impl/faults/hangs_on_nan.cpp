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
  float wanted = row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) wanted = wanted >= row.x(i) ? wanted : row.x(i);
  for (std::size_t i = 0; static_cast<const volatile float*>(row.x_data)[i * row.stride] != wanted;)
    i = i + 1 == row.n ? 0 : i + 1;
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"answers_in_time", "a maximum that is not a number is never found again"}};

} // namespace

namespace faults {
extern constinit const Implementation hangs_on_nan{
    .name = "hangs_on_nan",
    .summary = "after the maximum, its place is searched from the beginning as long as it is not found",
    .source = "planted: a search that relies on x == x",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
