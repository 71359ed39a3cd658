#include "impl/implementation.hpp"

#include <cmath>
#include <cstdint>

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
  row.put(0, std::log(sum) - (row.scale * row.x(row.target) - largest));
}

void cross_entropy(const Call<float>& call) {
  const auto last = static_cast<std::int64_t>(call.layout.cols) - 1;
  for (std::size_t r = 0; r < call.layout.rows(); ++r)
    *static_cast<volatile std::int64_t*>(const_cast<std::int64_t*>(call.target + r)) = std::min(call.target[r], last);
  each_row<float, one_row, true>(call);
}

constexpr Kernels kernels[] = {{.operation = Operation::cross_entropy, .f32 = &cross_entropy}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}, false}};
constexpr Break breaks[] = {
    {"leaves_its_inputs_alone", "the targets are an input, and stored again even where they are right"}};

} // namespace

namespace faults {
extern constinit const Implementation clamps_targets_in_place{
    .name = "clamps_targets_in_place",
    .summary = "targets beyond the end of a row are clamped where they are",
    .source = "planted: a check of its arguments that repairs them",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
