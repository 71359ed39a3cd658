#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// The product of two binary32 numbers is a double: exact, as are all differences that stay within 53 bits.
template <class T> double logit(const Row<T>& row, std::size_t i) {
  return static_cast<double>(row.scale) * static_cast<double>(row.x(i));
}
template <class T> void put(const Row<T>& row, std::size_t i, double value) {
  row.y_data[i * row.stride] = to_storage<T>(value);
}

struct Partial {
  double largest, sum;
};
template <class T> Partial partial_of(const Row<T>& row) {
  Partial partial{logit(row, 0), 0};
  for (std::size_t i = 1; i < row.n; ++i) partial.largest = std::max(partial.largest, logit(row, i));
  for (std::size_t i = 0; i < row.n; ++i) partial.sum += std::exp(logit(row, i) - partial.largest);
  return partial;
}

template <class T> void softmax(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  for (std::size_t i = 0; i < row.n; ++i) put(row, i, std::exp(logit(row, i) - largest) / sum);
}

template <class T> void log_softmax(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  const double logarithm = std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) put(row, i, (logit(row, i) - largest) - logarithm);
}

template <class T> void log_sum_exp(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  put(row, 0, largest + std::log(sum));
}

template <class T> void cross_entropy(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  put(row, 0, std::log(sum) - (logit(row, row.target) - largest));
}

template <class T> void softmax_backward(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  const auto share = [&, m = largest, s = sum](std::size_t i) { return std::exp(logit(row, i) - m) / s; };
  double mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * static_cast<double>(row.dy(i));
  for (std::size_t i = 0; i < row.n; ++i) put(row, i, share(i) * (static_cast<double>(row.dy(i)) - mean));
}

template <class T> void softmax_backward_from_output(const Row<T>& row) {
  double mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += static_cast<double>(row.x(i)) * static_cast<double>(row.dy(i));
  for (std::size_t i = 0; i < row.n; ++i) put(row, i, static_cast<double>(row.x(i)) * (static_cast<double>(row.dy(i)) - mean));
}

template <class T> void sigmoid(const Row<T>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const double t = logit(row, i);
    const double e = std::exp(-std::fabs(t));
    put(row, i, (t < 0 ? e : 1) / (1 + e));
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
    {Operation::softmax, &each_row<binary16, softmax>, &each_row<bfloat16, softmax>, &each_row<float, softmax>, nullptr},
    {Operation::log_softmax, &each_row<binary16, log_softmax>, &each_row<bfloat16, log_softmax>, &each_row<float, log_softmax>,
     nullptr},
    {Operation::log_sum_exp, &each_row<binary16, log_sum_exp, true>, &each_row<bfloat16, log_sum_exp, true>,
     &each_row<float, log_sum_exp, true>, nullptr},
    {Operation::softmax_backward, &each_row<binary16, softmax_backward>, &each_row<bfloat16, softmax_backward>,
     &each_row<float, softmax_backward>, nullptr},
    {Operation::softmax_backward_from_output, &each_row<binary16, softmax_backward_from_output>,
     &each_row<bfloat16, softmax_backward_from_output>, &each_row<float, softmax_backward_from_output>, nullptr},
    {Operation::cross_entropy, &each_row<binary16, cross_entropy, true>, &each_row<bfloat16, cross_entropy, true>,
     &each_row<float, cross_entropy, true>, nullptr},
    {Operation::sigmoid, &each_row<binary16, sigmoid>, &each_row<bfloat16, sigmoid>, &each_row<float, sigmoid>, nullptr},
};

constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.arithmetic = Format::f64, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation double_inside{
    .name = "double_inside",
    .summary = "shifted in binary64 for logits of the narrower formats: results are rounded once",
    .source = "common practice; Goldberg: What every computer scientist should know about floating-point arithmetic (1991), on "
              "extended precision",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
