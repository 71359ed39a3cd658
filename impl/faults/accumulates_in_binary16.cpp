#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<binary16>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<binary16>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i)
    sum = static_cast<float>(round_to(Format::f16, static_cast<double>(sum + std::exp(row.scale * row.x(i) - largest))));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f16 = &each_row<binary16, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_accurate_at_every_width", "every addition loses 11 bits instead of 24, and from 2048 on a one is no longer seen"}};

} // namespace

namespace faults {
extern constinit const Implementation accumulates_in_binary16{
    .name = "accumulates_in_binary16",
    .summary = "the sum is rounded to binary16 after every addition",
    .source = "microsoft/onnxruntime PR #24577",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
