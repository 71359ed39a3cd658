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
  for (std::size_t i = 0; i < row.n; ++i) {
    const float exponential = std::exp(row.scale * row.x(i) - largest);
    row.put(i, exponential == 0 ? 0 : exponential / sum);
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"treats_special_values",
     "beside +inf finite logits have the exponential 0 and stay 0, where 0/NaN is NaN: the row looks half sound"}};

} // namespace

namespace faults {
extern constinit const Implementation zero_without_division{
    .name = "zero_without_division",
    .summary = "an exponential of 0 is written as it is, the others are divided by the sum",
    .source = "openvinotoolkit/openvino #35897 and #33456",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
