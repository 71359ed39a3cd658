#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// The sum without the 1 of the (first) largest logit, so that what is small beside 1 is not lost before the logarithm.
template <class T> struct Partial { ArithmeticOf<T> largest, others; };
template <class T> Partial<T> partial_of(const Row<T>& row) {
  std::size_t at_largest = 0;
  Partial<T> partial{row.scale * row.x(0), 0};
  for (std::size_t i = 1; i < row.n; ++i) {
    const auto t = row.scale * row.x(i);
    if (t > partial.largest) partial.largest = t, at_largest = i;
  }
  for (std::size_t i = 0; i < row.n; ++i) {
    const auto d = row.scale * row.x(i) - partial.largest;
    // d - d: 0, but NaN where the largest is infinite, as in the shifted formula.
    partial.others += i == at_largest ? d - d : std::exp(d);
  }
  return partial;
}

template <class T> void softmax(const Row<T>& row) {
  const auto [largest, others] = partial_of(row);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / (1 + others));
}

template <class T> void log_softmax(const Row<T>& row) {
  const auto [largest, others] = partial_of(row);
  const auto logarithm = std::log1p(others);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, (row.scale * row.x(i) - largest) - logarithm);
}

template <class T> void log_sum_exp(const Row<T>& row) {
  const auto [largest, others] = partial_of(row);
  row.put(0, largest + std::log1p(others));
}

template <class T> void cross_entropy(const Row<T>& row) {
  const auto [largest, others] = partial_of(row);
  row.put(0, std::log1p(others) - (row.scale * row.x(row.target) - largest));
}

template <class T> void softmax_backward(const Row<T>& row) {
  const auto [largest, others] = partial_of(row);
  const auto share = [&, m = largest, s = 1 + others](std::size_t i) { return std::exp(row.scale * row.x(i) - m) / s; };
  ArithmeticOf<T> mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
}

template <class T> void softmax_backward_from_output(const Row<T>& row) {
  ArithmeticOf<T> mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += row.x(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.x(i) * (row.dy(i) - mean));
}

template <class T> void sigmoid(const Row<T>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const auto t = row.scale * row.x(i);
    const auto e = std::exp(-std::fabs(t));
    row.put(i, (t < 0 ? e : 1) / (1 + e));
  }
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
    {Operation::sigmoid, &each_row<binary16, sigmoid>, &each_row<bfloat16, sigmoid>, &each_row<float, sigmoid>,
     &each_row<double, sigmoid>},
};

constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.logarithm_ulp = 1.5, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation log1p_form{
    .name = "log1p_form",
    .summary = "lse = m + log1p(sum of the other exponentials), and its relatives from the same sum",
    .source = "Blanchard, Higham, Higham: Accurately computing the log-sum-exp and softmax functions (2021), Algorithm 3.1",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
