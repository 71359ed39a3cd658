// Held to binary64's bounds, which it undercuts: there is no class for 64 bits. Rounding to 64 bits and then to 53 may be more
// than half an ulp, though. A quotient may be rounded twice where a reciprocal is claimed; logarithms, whose classes have no
// such room, take their last step in double. Where long double is double all of this holds with more to spare.
#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// In an arithmetic that is never narrower than binary64; on x86 it has 64 bits of precision.
template <class T> long double logit(const Row<T>& row, std::size_t i) {
  return static_cast<long double>(row.scale) * static_cast<long double>(row.x(i));
}
template <class T> void put(const Row<T>& row, std::size_t i, long double value) {
  row.y_data[i * row.stride] = to_storage<T>(static_cast<double>(value));
}

struct Partial {
  long double largest, sum;
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
  const double logarithm = static_cast<double>(std::log(sum));
  for (std::size_t i = 0; i < row.n; ++i) put(row, i, static_cast<double>(logit(row, i) - largest) - logarithm);
}

template <class T> void log_sum_exp(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  put(row, 0, static_cast<double>(largest) + static_cast<double>(std::log(sum)));
}

template <class T> void cross_entropy(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  put(row, 0, static_cast<double>(std::log(sum)) - static_cast<double>(logit(row, row.target) - largest));
}

template <class T> void softmax_backward(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  const auto share = [&, m = largest, s = sum](std::size_t i) { return std::exp(logit(row, i) - m) / s; };
  long double mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * static_cast<long double>(row.dy(i));
  for (std::size_t i = 0; i < row.n; ++i) put(row, i, share(i) * (static_cast<long double>(row.dy(i)) - mean));
}

template <class T> void softmax_backward_from_output(const Row<T>& row) {
  long double mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += static_cast<long double>(row.x(i)) * static_cast<long double>(row.dy(i));
  for (std::size_t i = 0; i < row.n; ++i)
    put(row, i, static_cast<long double>(row.x(i)) * (static_cast<long double>(row.dy(i)) - mean));
}

template <class T> void sigmoid(const Row<T>& row) {
  for (std::size_t i = 0; i < row.n; ++i) {
    const long double t = logit(row, i);
    const long double e = std::exp(-std::fabs(t));
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

constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.arithmetic = Format::f64, .division = Division::reciprocal, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation long_double{
    .name = "long_double",
    .summary = "shifted in long double, rounded to the format at the end",
    .source =
        "Goldberg: What every computer scientist should know about floating-point arithmetic (1991), on extended precision",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
