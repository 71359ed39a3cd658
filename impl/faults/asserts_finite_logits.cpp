#include "impl/implementation.hpp"

#include <cmath>
#include <cstdlib>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  for (std::size_t i = 0; i < row.n; ++i)
    if (std::isnan(row.x(i))) std::abort();
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"raises_no_signal", "NaN in a row is no reason to end the process"}};

} // namespace

namespace faults {
extern constinit const Implementation asserts_finite_logits{
    .name = "asserts_finite_logits",
    .summary = "a logit that is not a number violates an assertion, which is still compiled in",
    .source = "planted: assert in a build without NDEBUG",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
