#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// rounded + lost is the sum so far: each addition's error is exact and added apart, from whichever number was the larger.
template <class A> struct Sum {
  A rounded = 0, lost = 0;
  void add(A term) {
    const A next = rounded + term;
    lost += std::fabs(rounded) >= std::fabs(term) ? (rounded - next) + term : (term - next) + rounded;
    rounded = next;
  }
  A value() const { return rounded + lost; }
};

template <class T> struct Partial { ArithmeticOf<T> largest, sum; };
template <class T> ArithmeticOf<T> largest_of(const Row<T>& row) {
  ArithmeticOf<T> largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}
template <class T> Partial<T> partial_of(const Row<T>& row) {
  const auto largest = largest_of(row);
  Sum<ArithmeticOf<T>> sum;
  for (std::size_t i = 0; i < row.n; ++i) sum.add(std::exp(row.scale * row.x(i) - largest));
  return {largest, sum.value()};
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
  Sum<ArithmeticOf<T>> mean;
  for (std::size_t i = 0; i < row.n; ++i) mean.add(share(i) * row.dy(i));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean.value()));
}

template <class T> void softmax_backward_from_output(const Row<T>& row) {
  Sum<ArithmeticOf<T>> mean;
  for (std::size_t i = 0; i < row.n; ++i) mean.add(row.x(i) * row.dy(i));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.x(i) * (row.dy(i) - mean.value()));
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
    {Operation::softmax_backward, &each_row<binary16, softmax_backward>, &each_row<bfloat16, softmax_backward>,
     &each_row<float, softmax_backward>, &each_row<double, softmax_backward>},
    {Operation::softmax_backward_from_output, &each_row<binary16, softmax_backward_from_output>,
     &each_row<bfloat16, softmax_backward_from_output>, &each_row<float, softmax_backward_from_output>,
     &each_row<double, softmax_backward_from_output>},
    {Operation::cross_entropy, &each_row<binary16, cross_entropy, true>, &each_row<bfloat16, cross_entropy, true>,
     &each_row<float, cross_entropy, true>, &each_row<double, cross_entropy, true>},
};

constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.summation = Summation::compensated, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation kahan{
    .name = "kahan",
    .summary = "shifted, its sums compensated",
    .source = "Kahan: Further remarks on reducing truncation errors (1965), in the form of Neumaier (1974), whose sum Ogita, "
              "Rump, Oishi (2005) bound as Sum2",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
