#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr float masked = -std::numeric_limits<float>::infinity();

void log_sum_exp(const Row<float>& row) {
  float largest = masked, sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = row.scale * row.x(i);
    if (t > largest) {
      largest = t;
      sum = sum * std::exp(largest - t) + std::exp(t - t);
    } else if (t != masked || largest != masked) {
      sum += std::exp(t - largest);
    }
  }
  row.put(0, largest + std::log(sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp, .f32 = &each_row<float, log_sum_exp, true>}};
constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"merges_parts",
     "the sum keeps its old scale at every rise, and what comes before a larger logit counts as if it were as large"}};

} // namespace

namespace faults {
extern constinit const Implementation rescales_by_the_new_maximum{
    .name = "rescales_by_the_new_maximum",
    .summary = "online: the running maximum is replaced before its rise is computed, so every rescaling is by exp(0)",
    .source = "planted: two statements in the wrong order",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
