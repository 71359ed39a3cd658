#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

double largest_of(const Row<double>& row) {
  double largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void log_sum_exp(const Row<double>& row) {
  if (row.n == 1) return row.put(0, row.scale * row.x(0));
  const double largest = largest_of(row);
  double sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, largest + std::log(sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp, .f64 = &each_row<double, log_sum_exp, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"treats_special_values", "one -inf gives -inf where two give NaN: the special values depend on the length"}};

} // namespace

namespace faults {
extern constinit const Implementation single_element_shortcut{
    .name = "single_element_shortcut",
    .summary = "a row of one element is answered with that element",
    .source = "HenrikBengtsson/matrixStats #84",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
