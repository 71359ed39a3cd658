#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float half(float value) { return static_cast<float>(round_to(Format::f16, static_cast<double>(value))); }

float logit(const Row<binary16>& row, std::size_t i) { return row.x(i) / half(1 / row.scale); }

void softmax(const Row<binary16>& row) {
  float largest = logit(row, 0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, logit(row, i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(logit(row, i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(logit(row, i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f16 = &each_row<binary16, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"folds_scale",
     "1/scale is rounded to 11 bits, and every logit is off by as much: fine for powers of two and nothing else"}};

} // namespace

namespace faults {
extern constinit const Implementation temperature_in_half{
    .name = "temperature_in_half",
    .summary = "x / T with T = 1 / scale rounded to binary16",
    .source = "ggml-org/ggml #37, where T is 0",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
