#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void log_sum_exp(const Row<double>& row) {
  double sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i));
  row.put(0, std::log(sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp, .f64 = &each_row<double, log_sum_exp, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"lies_within_log_n_of_maximum",
     "exp overflows above 710 and vanishes below -745: the result is infinite however near the maximum it has to be"}};

} // namespace

namespace faults {
extern constinit const Implementation unshifted_log_sum_exp{
    .name = "unshifted_log_sum_exp",
    .summary = "log sum exp(x_j), without a maximum",
    .source = "intel/xFasterTransformer PR #326",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
