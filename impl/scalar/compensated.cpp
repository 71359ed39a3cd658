#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// rounded + error == a + b exactly, barring overflow (Knuth; Muller et al., Handbook, Algorithm 4.4).
template <class A> struct TwoSum { A rounded, error; };
template <class A> TwoSum<A> two_sum(A a, A b) {
  const A rounded = a + b;
  const A b_part = rounded - a;
  return {rounded, (a - (rounded - b_part)) + (b - b_part)};
}

// exp(a - b) with the rounding of a - b restored to first order: exp(d + e) = exp(d) (1 + e + e^2/2 + ...), |e| <= u |d|.
// exp within 1 ulp is within 2u relative, and the sum adds one rounding: 3u, and u^2 d^2 / 2 besides. The claim exp=1.6 allows
// 3.2u. (In ulp it may be more, where the last rounding crosses a power of two.)
template <class A> A exp_of_difference(A a, A b) {
  const TwoSum<A> d = two_sum(a, -b);
  const A value = std::exp(d.rounded);
  // Masked, overflowed and special differences have no error term to restore, and inf * 0 must not appear.
  return std::isfinite(d.rounded) ? value + value * d.error : value;
}

template <class T> struct Partial { ArithmeticOf<T> largest, sum; };
template <class T> Partial<T> partial_of(const Row<T>& row) {
  ArithmeticOf<T> largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  ArithmeticOf<T> sum = 0, lost = 0;
  for (std::size_t i = 0; i < row.n; ++i) {
    const auto next = two_sum(sum, exp_of_difference(row.scale * row.x(i), largest));
    sum = next.rounded;
    lost += next.error;
  }
  return {largest, sum + lost};
}

template <class T> void softmax(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exp_of_difference(row.scale * row.x(i), largest) / sum);
}

template <class T> void log_softmax(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  const auto logarithm = std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, (row.scale * row.x(i) - largest) - logarithm);
}

template <class T> void log_sum_exp(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  row.put(0, largest + std::log(sum));
}

template <class T> void cross_entropy(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  row.put(0, std::log(sum) - (row.scale * row.x(row.target) - largest));
}

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
    {Operation::cross_entropy, &each_row<binary16, cross_entropy, true>, &each_row<bfloat16, cross_entropy, true>,
     &each_row<float, cross_entropy, true>, &each_row<double, cross_entropy, true>},
};

constexpr Variant variants[] = {
    {"scalar",
     &runs_everywhere,
     kernels,
     {.summation = Summation::compensated, .exponential_ulp = 1.6, .difference_is_compensated = true, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation compensated{
    .name = "compensated",
    .summary = "shifted, with the rounding errors of x - m inside exp and of the sum carried along",
    .source = "Ogita, Rump, Oishi: Accurate sum and dot product (2005), Algorithm 4.4; difference by Knuth's TwoSum",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
