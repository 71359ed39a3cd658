#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// sum = 2^k f with f in [sqrt(1/2), sqrt(2)); log f = 2 artanh((f - 1) / (f + 1)).
float logarithm_of(float sum) {
  int k = 0;
  float f = std::frexp(sum, &k);
  if (f < 0x1.6a09e6p-1f) f *= 2, --k;
  const float z = (f - 1) / (f + 1);
  return static_cast<float>(k) * 0x1.62e43p-1f + 2 * z * (1 + z * z / 3);
}

struct Partial {
  float largest, sum;
};
Partial partial_of(const Row<float>& row) {
  Partial partial{row.scale * row.x(0), 0};
  for (std::size_t i = 1; i < row.n; ++i) partial.largest = std::max(partial.largest, row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) partial.sum += std::exp(row.scale * row.x(i) - partial.largest);
  return partial;
}

void softmax(const Row<float>& row) {
  const auto [largest, sum] = partial_of(row);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

void log_softmax(const Row<float>& row) {
  const auto [largest, sum] = partial_of(row);
  const float logarithm = logarithm_of(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, (row.scale * row.x(i) - largest) - logarithm);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>},
                               {.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"equals_log_of_softmax",
                             "the logarithm of the sum is off by up to 6e-5, which the softmax beside it is not",
                             {},
                             Operation::log_softmax}};

} // namespace

namespace faults {
extern constinit const Implementation low_degree_logarithm{
    .name = "low_degree_logarithm",
    .summary = "log_softmax with log(sum) from two terms of the series of 2 artanh",
    .source = "planted: a fast logarithm that is too short",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
