#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// The sum of term(first), ..., term(last - 1) by halves: ceil(log2 n) additions on the way of any term.
template <class A, class Term> A sum_by_halves(std::size_t first, std::size_t last, const Term& term) {
  if (last - first == 1) return term(first);
  const std::size_t middle = first + (last - first) / 2;
  return sum_by_halves<A>(first, middle, term) + sum_by_halves<A>(middle, last, term);
}

template <class T> struct Partial { ArithmeticOf<T> largest, sum; };
template <class T> ArithmeticOf<T> largest_of(const Row<T>& row) {
  ArithmeticOf<T> largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}
template <class T> Partial<T> partial_of(const Row<T>& row) {
  const auto largest = largest_of(row);
  const auto term = [&](std::size_t i) { return std::exp(row.scale * row.x(i) - largest); };
  return {largest, sum_by_halves<ArithmeticOf<T>>(0, row.n, term)};
}

template <class T> void softmax(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
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

template <class T> void softmax_backward(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  const auto share = [&, m = largest, s = sum](std::size_t i) { return std::exp(row.scale * row.x(i) - m) / s; };
  const auto mean = sum_by_halves<ArithmeticOf<T>>(0, row.n, [&](std::size_t i) { return share(i) * row.dy(i); });
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
}

template <class T> void softmax_backward_from_output(const Row<T>& row) {
  const auto mean = sum_by_halves<ArithmeticOf<T>>(0, row.n, [&](std::size_t i) { return row.x(i) * row.dy(i); });
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.x(i) * (row.dy(i) - mean));
}

// Of a logit only scale * x is seen. (A masked one moves others to other places in the tree.)
constexpr Contracts bitwise = [] {
  Contracts contracts = rowwise_contracts;
  contracts.add(Contract::ties);
  contracts.add(Contract::scale);
  return contracts;
}();

constexpr Kernels kernels[] = {
    {Operation::softmax, &each_row<binary16, softmax>, &each_row<bfloat16, softmax>, &each_row<float, softmax>,
     &each_row<double, softmax>},
    {Operation::log_softmax, &each_row<binary16, log_softmax>, &each_row<bfloat16, log_softmax>, &each_row<float, log_softmax>,
     &each_row<double, log_softmax>},
    {Operation::log_sum_exp, &each_row<binary16, log_sum_exp, true>, &each_row<bfloat16, log_sum_exp, true>,
     &each_row<float, log_sum_exp, true>, &each_row<double, log_sum_exp, true>},
    {Operation::softmax_backward, &each_row<binary16, softmax_backward>, &each_row<bfloat16, softmax_backward>,
     &each_row<float, softmax_backward>, &each_row<double, softmax_backward>},
    {Operation::softmax_backward_from_output, &each_row<binary16, softmax_backward_from_output>,
     &each_row<bfloat16, softmax_backward_from_output>, &each_row<float, softmax_backward_from_output>,
     &each_row<double, softmax_backward_from_output>},
    {Operation::cross_entropy, &each_row<binary16, cross_entropy, true>, &each_row<bfloat16, cross_entropy, true>,
     &each_row<float, cross_entropy, true>, &each_row<double, cross_entropy, true>},
};

constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.summation = Summation::pairwise, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation pairwise{
    .name = "pairwise",
    .summary = "shifted, its sums taken by halves",
    .source = "Higham: Accuracy and Stability of Numerical Algorithms (2002), section 4.1, pairwise summation",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
