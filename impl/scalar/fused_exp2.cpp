// M is off by up to u |m|, a factor of all exponentials that a quotient cancels and a logarithm does not. Beside log-sum-exp,
// which is about as large as m, that is one more rounding; log-softmax and cross-entropy, which may be small, are not offered.
#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class A> constexpr A log2_of_e = static_cast<A>(0x1.71547652b82fe1777d0ffda0d23a8p+0L);

template <class T> ArithmeticOf<T> largest_of(const Row<T>& row) {
  ArithmeticOf<T> largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}
// m log2 e, rounded: the same for the whole row, so that its rounding cancels in the quotient.
template <class T> ArithmeticOf<T> exponent_of(ArithmeticOf<T> largest) { return largest * log2_of_e<ArithmeticOf<T>>; }
template <class T> ArithmeticOf<T> exponential(const Row<T>& row, std::size_t i, ArithmeticOf<T> largest_exponent) {
  return std::exp2(std::fma(row.scale * row.x(i), log2_of_e<ArithmeticOf<T>>, -largest_exponent));
}
template <class T> ArithmeticOf<T> sum_of(const Row<T>& row, ArithmeticOf<T> largest_exponent) {
  ArithmeticOf<T> sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += exponential(row, i, largest_exponent);
  return sum;
}

template <class T> void softmax(const Row<T>& row) {
  const auto largest_exponent = exponent_of<T>(largest_of(row));
  const auto sum = sum_of(row, largest_exponent);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponential(row, i, largest_exponent) / sum);
}

template <class T> void log_sum_exp(const Row<T>& row) {
  const auto largest = largest_of(row);
  row.put(0, largest + std::log(sum_of(row, exponent_of<T>(largest))));
}

template <class T> void softmax_backward(const Row<T>& row) {
  const auto largest_exponent = exponent_of<T>(largest_of(row));
  const auto sum = sum_of(row, largest_exponent);
  const auto share = [&](std::size_t i) { return exponential(row, i, largest_exponent) / sum; };
  ArithmeticOf<T> mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
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
    {Operation::log_sum_exp, &each_row<binary16, log_sum_exp, true>, &each_row<bfloat16, log_sum_exp, true>,
     &each_row<float, log_sum_exp, true>, &each_row<double, log_sum_exp, true>},
    {Operation::softmax_backward, &each_row<binary16, softmax_backward>, &each_row<bfloat16, softmax_backward>,
     &each_row<float, softmax_backward>, &each_row<double, softmax_backward>},
};

constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.form = ExponentialForm::base_two_fused, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation fused_exp2{
    .name = "fused_exp2",
    .summary = "y_i = exp2(fma(x_i, log2 e, -M)) / sum, M = m log2 e rounded once for the row",
    .source = "Dao: FlashAttention-2 (2023), whose kernels fold the scale and log2 e into one fused multiply-add",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
