#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> ArithmeticOf<T> sum_of(const Row<T>& row) {
  ArithmeticOf<T> sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i));
  return sum;
}

template <class T> void softmax(const Row<T>& row) {
  const auto sum = sum_of(row);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i)) / sum);
}

template <class T> void log_softmax(const Row<T>& row) {
  const auto logarithm = std::log(sum_of(row));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.scale * row.x(i) - logarithm);
}

template <class T> void log_sum_exp(const Row<T>& row) { row.put(0, std::log(sum_of(row))); }

constexpr std::string_view overflow =
    "exp(x) overflows above log(largest finite), and a row far below zero sums to 0: inf/inf and 0/0 are NaN";

constexpr Break breaks[] = {
    {"is_accurate", overflow},
    {"sums_to_one", overflow},
    {"ignores_shift", overflow},
    {"preserves_order", overflow},
    {"equals_sigmoid_for_two", overflow},
    {"tends_to_argmax", overflow},
    {"splits_ties_evenly", overflow},
    {"lies_in_unit_interval", overflow},
    {"follows_permutation", overflow},
    {"zeroes_masked", overflow},
    {"treats_special_values", "exp(+inf)/inf is NaN but every finite element is 0 where the shifted formula gives NaN"},
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
    {Operation::softmax, &each_row<binary16, softmax>, &each_row<bfloat16, softmax>, &each_row<float, softmax>,
     &each_row<double, softmax>},
    {Operation::log_softmax, &each_row<binary16, log_softmax>, &each_row<bfloat16, log_softmax>, &each_row<float, log_softmax>,
     &each_row<double, log_softmax>},
    {Operation::log_sum_exp, &each_row<binary16, log_sum_exp, true>, &each_row<bfloat16, log_sum_exp, true>,
     &each_row<float, log_sum_exp, true>, &each_row<double, log_sum_exp, true>},
};

constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation naive{
    .name = "naive",
    .summary = "y_i = exp(x_i) / sum_j exp(x_j): the textbook formula as it stands, and the logarithm of its sum",
    .source = "any textbook; here because it must fail",
    .breaks = breaks,
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
