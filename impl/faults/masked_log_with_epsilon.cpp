#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

float logit(const Row<float>& row, std::size_t i) {
  const float t = row.scale * row.x(i);
  return t == -std::numeric_limits<float>::infinity() ? std::log(1e-45f) : t;
}

void log_softmax(const Row<float>& row) {
  float largest = logit(row, 0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, logit(row, i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(logit(row, i) - largest);
  const float logarithm = std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, (logit(row, i) - largest) - logarithm);
}

constexpr Kernels kernels[] = {{.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"zeroes_masked",
     "-103 is a logit like any other: the masked element has a finite logarithm, and takes all of it where the rest is lower"}};

} // namespace

namespace faults {
extern constinit const Implementation masked_log_with_epsilon{
    .name = "masked_log_with_epsilon",
    .summary = "a masked element is kept with log(mask + 1e-45) = -103 added to it, here to 0",
    .source = "allenai/allennlp #890",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
