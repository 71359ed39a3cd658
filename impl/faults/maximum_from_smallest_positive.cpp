#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

void log_sum_exp(const Row<float>& row) {
  float largest = std::numeric_limits<float>::min();
  for (std::size_t i = 0; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, largest + std::log(sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp, .f32 = &each_row<float, log_sum_exp, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"moves_with_shift",
     "a row below about -104 is shifted by practically 0, every exponential underflows, and log 0 is -inf"}};

} // namespace

namespace faults {
extern constinit const Implementation maximum_from_smallest_positive{
    .name = "maximum_from_smallest_positive",
    .summary = "the running maximum starts at numeric_limits<float>::min(), the smallest positive normal number",
    .source = "uTensor/uTensor PR #176, where it starts at 0",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
