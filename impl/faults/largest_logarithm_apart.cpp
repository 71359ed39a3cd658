#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

constexpr float logarithm_of_two = 0x1.62e43p-1F;

void log_softmax(const Row<float>& row) {
  float largest = row.scale * row.x(0), sum = 0;
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const float logarithm = std::log(sum), logarithm_for_largest = std::log2(sum) * logarithm_of_two;
  for (std::size_t i = 0; i < row.n; ++i) {
    const float difference = row.scale * row.x(i) - largest;
    row.put(i, difference == 0 ? 0 - logarithm_for_largest : difference - logarithm);
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.logarithm_ulp = 2, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"preserves_order",
     "each logarithm is within its bound; two that are rounded apart may pass each other, one alone is monotone"}};

} // namespace

namespace faults {
extern constinit const Implementation largest_logarithm_apart{
    .name = "largest_logarithm_apart",
    .summary = "log_softmax: -log2(sum) log 2 for the largest logit, x - m - log(sum) for the others",
    .source = "planted: a shortcut for the result that greedy decoding reads, by another logarithm",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
