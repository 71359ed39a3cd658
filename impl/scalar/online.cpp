#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

template <class T> struct Partial { ArithmeticOf<T> largest, sum; };
template <class T> Partial<T> partial_of(const Row<T>& row) {
  using Arithmetic = ArithmeticOf<T>;
  constexpr Arithmetic masked = -std::numeric_limits<Arithmetic>::infinity();
  Partial<T> running{masked, 0};
  for (std::size_t i = 0; i < row.n; ++i) {
    const Arithmetic t = row.scale * row.x(i);
    if (t > running.largest) {
      // A masked beginning has no mass to rescale, and exp(-inf - -inf) would be NaN.
      if (running.largest != masked) running.sum *= std::exp(running.largest - t);
      running = {t, running.sum + 1};
    } else if (t != masked || running.largest != masked) {
      running.sum += std::exp(t - running.largest);
    }
  }
  // largest - largest: 0, but NaN where no maximum is finite, as in the shifted formula.
  return {running.largest, running.sum + (running.largest - running.largest)};
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

template <class T> void softmax_backward(const Row<T>& row) {
  const auto [largest, sum] = partial_of(row);
  const auto share = [&, m = largest, s = sum](std::size_t i) { return std::exp(row.scale * row.x(i) - m) / s; };
  ArithmeticOf<T> mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
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
    {Operation::softmax_backward, &each_row<binary16, softmax_backward>, &each_row<bfloat16, softmax_backward>,
     &each_row<float, softmax_backward>, &each_row<double, softmax_backward>},
    {Operation::cross_entropy, &each_row<binary16, cross_entropy, true>, &each_row<bfloat16, cross_entropy, true>,
     &each_row<float, cross_entropy, true>, &each_row<double, cross_entropy, true>},
};

constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation online{
    .name = "online",
    .summary = "one pass keeps the running maximum and the sum relative to it; what is asked of the row follows from the two",
    .source = "Milakov, Gimelshein: Online normalizer calculation for softmax (2018), Algorithm 3",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
