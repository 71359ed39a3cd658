// The plain formulas of the whole family, as one writes them down: the maximum is taken away first, sums are recursive.
#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// The largest logit and the sum of the exponentials below it: what log-sum-exp is made of.
template <class T> struct Partial {
  ArithmeticOf<T> largest, sum;
};
template <class T> ArithmeticOf<T> largest_of(const Row<T>& row) {
  ArithmeticOf<T> largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}
template <class T> Partial<T> partial_of(const Row<T>& row) {
  Partial<T> partial{largest_of(row), 0};
  for (std::size_t i = 0; i < row.n; ++i) partial.sum += std::exp(row.scale * row.x(i) - partial.largest);
  return partial;
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
    const auto e = std::exp(-std::fabs(t)); // at most 1: no overflow on either side
    row.put(i, (t < 0 ? e : 1) / (1 + e));
  }
}

constexpr Kernels kernels[] = {
    {Operation::softmax, &each_row<binary16, softmax>, &each_row<bfloat16, softmax>, &each_row<float, softmax>,
     &each_row<double, softmax>},
    {Operation::log_softmax, &each_row<binary16, log_softmax>, &each_row<bfloat16, log_softmax>,
     &each_row<float, log_softmax>, &each_row<double, log_softmax>},
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

// The logits are seen through scale * x - m only, so a shift or a scale that is exact leaves every step as it was; a mask adds an
// exact zero to a sum that is taken in the order of the row.
constexpr Contracts contracts{Contract::ties,  Contract::shift,  Contract::scale, Contract::masks,     Contract::batch,
                              Contract::stride, Contract::axis,   Contract::alignment, Contract::place, Contract::threads};

constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = contracts}}};

} // namespace

namespace implementations {
extern constinit const Implementation shifted{
    .name = "shifted",
    .summary = "y_i = exp(x_i - m) / sum_j exp(x_j - m), m = max x, and its relatives from the same m and sum",
    .source = "Blanchard, Higham, Higham: Accurately computing the log-sum-exp and softmax functions (2021), Algorithm 4.1",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
