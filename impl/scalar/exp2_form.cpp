#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class A> constexpr A log2_of_e = static_cast<A>(0x1.71547652b82fe1777d0ffda0d23a8p+0L);

// exp(t - largest)
template <class A> A exponential(A t, A largest) { return std::exp2((t - largest) * log2_of_e<A>); }

template <class T> struct Partial { ArithmeticOf<T> largest, sum; };
template <class T> ArithmeticOf<T> largest_of(const Row<T>& row) {
  ArithmeticOf<T> largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}
template <class T> Partial<T> partial_of(const Row<T>& row) {
  Partial<T> partial{largest_of(row), 0};
  for (std::size_t i = 0; i < row.n; ++i) partial.sum += exponential(row.scale * row.x(i), partial.largest);
  return partial;
}

template <class T> void softmax(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponential(row.scale * row.x(i), largest) / sum);
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
  const auto share = [&, m = largest, s = sum](std::size_t i) { return exponential(row.scale * row.x(i), m) / s; };
  ArithmeticOf<T> mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
}

template <class T> void sigmoid(const Row<T>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const auto t = row.scale * row.x(i);
    const auto e = exponential(-std::fabs(t), ArithmeticOf<T>(0));
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
    {Operation::cross_entropy, &each_row<binary16, cross_entropy, true>, &each_row<bfloat16, cross_entropy, true>,
     &each_row<float, cross_entropy, true>, &each_row<double, cross_entropy, true>},
    {Operation::sigmoid, &each_row<binary16, sigmoid>, &each_row<bfloat16, sigmoid>, &each_row<float, sigmoid>,
     &each_row<double, sigmoid>},
};

constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.form = ExponentialForm::base_two, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation exp2_form{
    .name = "exp2_form",
    .summary = "shifted, with exp2((x - m) log2 e) in place of exp(x - m)",
    .source = "common in GPU kernels, whose hardware has an exponential of base two",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
