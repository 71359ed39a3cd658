#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> ArithmeticOf<T> largest_of(const Row<T>& row) {
  ArithmeticOf<T> largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

template <class T> void log_sum_exp(const Row<T>& row) {
  const T largest = largest_of(row);
  T rest = 0;
  for (std::size_t i = 0; i < row.n; ++i)
    if (row.scale * row.x(i) != largest) rest += std::exp(row.scale * row.x(i) - largest);
  row.put(0, largest + std::log1p(rest));
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp,
                                .f32 = &each_row<float, log_sum_exp, true>,
                                .f64 = &each_row<double, log_sum_exp, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_uniform_on_constants",
     "of several logits equal to the maximum all are taken out, not one: n equal ones give m instead of m + log n"}};

} // namespace

namespace faults {
extern constinit const Implementation multiplicity_lost{
    .name = "multiplicity_lost",
    .summary = "m + log1p(sum of the exponentials of what is below m)",
    .source = "planted: after scipy/scipy #18295, whose cure takes the largest logit out of the sum",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
