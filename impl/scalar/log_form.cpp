#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> ArithmeticOf<T> largest_of(const Row<T>& row) {
  ArithmeticOf<T> largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

template <class T> void softmax(const Row<T>& row) {
  const auto largest = largest_of(row);
  ArithmeticOf<T> sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const auto log_sum_exp = largest + std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - log_sum_exp));
}

constexpr std::string_view cancellation =
    "log-sum-exp is as large as the logits and is rounded before it is subtracted: every element is off by up to u |lse| "
    "relative, whatever its distance from the maximum (two equal logits of 1000 in f32 lose 8 bits)";

constexpr Break breaks[] = {
    {"equals_sigmoid_for_two", cancellation},
    {"halves_under_duplication", cancellation},
    {"ignores_shift", cancellation},
    {"is_accurate", cancellation},
    {"is_accurate_at_every_width", cancellation},
    {"is_uniform_on_constants", cancellation},
    {"keeps_ratios", cancellation},
    {"keeps_values_in_hull", cancellation},
    {"restricts_to_parts", cancellation},
    {"sharpens_with_scale", cancellation},
    {"sums_to_one", cancellation},
    {"tends_to_argmax", cancellation},
    {"treats_subnormals", cancellation},
    {"zeroes_finite_masks", cancellation},
    {"follows_permutation",
     "a sum in another order may round log-sum-exp to its neighbour, u |lse| away, for every element at once"},
    // In f32 log 2, log 3 ... happen to round well: 0.9 of the bound was not reached in 400,000 constant rows of each n up to 39.
    {"tends_to_uniform", "log n is rounded, and the difference again, where a division would round once: 2.33 ulp at n = 3",
     Format::f64},
};

// Of a logit only scale * x is seen, and a masked one adds an exact 0, wherever it stands.
constexpr Contracts bitwise = [] {
  Contracts contracts = rowwise_contracts;
  contracts.add(Contract::ties);
  contracts.add(Contract::scale);
  contracts.add(Contract::masks);
  return contracts;
}();

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax, .f32 = &each_row<float, softmax>, .f64 = &each_row<double, softmax>}};

constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation log_form{
    .name = "log_form",
    .summary = "y_i = exp(x_i - lse), lse = m + log(sum_j exp(x_j - m)): no division",
    .source = "SciPy before 1.9; Blanchard, Higham, Higham (2021), section 4, advise against it",
    .breaks = breaks,
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
