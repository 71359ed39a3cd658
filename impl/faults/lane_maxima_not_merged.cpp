#include "impl/implementation.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr std::size_t lanes = 8;

void softmax(const Row<float>& row) {
  std::array<float, lanes> largest;
  largest.fill(-std::numeric_limits<float>::infinity());
  for (std::size_t i = 0; i < row.n; ++i) largest[i % lanes] = std::max(largest[i % lanes], row.scale * row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest[i % lanes]);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest[i % lanes]) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"keeps_ratios", "exponentials of different lanes have different shifts, and stand in one row as if they had the same"}};

} // namespace

namespace faults {
extern constinit const Implementation lane_maxima_not_merged{
    .name = "lane_maxima_not_merged",
    .summary = "each of 8 lanes takes away the maximum of its own elements",
    .source = "Infatoshi/cuda-course #10",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
