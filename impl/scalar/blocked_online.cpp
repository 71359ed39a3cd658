// Where a block lies below the running maximum its own sum is rescaled, which is no rise of the row's maximum. The class counts that
// rescaling: blocks of any length are of it (properties/README.md, B1, "Online rescaling").
#include "impl/implementation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

template <class A> struct Partial { A largest, sum; };

// Two parts of a row as one: what has the lower maximum is rescaled. A part that is masked throughout has no mass to rescale, and
// exp(-inf - -inf) would be NaN.
template <class A> Partial<A> merged(Partial<A> a, Partial<A> b) {
  const A largest = std::max(a.largest, b.largest);
  if (largest == -std::numeric_limits<A>::infinity()) return {largest, a.sum + b.sum};
  return {largest, a.sum * std::exp(a.largest - largest) + b.sum * std::exp(b.largest - largest)};
}

constexpr std::size_t block_length = 64;

template <class T> Partial<ArithmeticOf<T>> partial_of_block(const Row<T>& row, std::size_t first, std::size_t last) {
  using Arithmetic = ArithmeticOf<T>;
  constexpr Arithmetic masked = -std::numeric_limits<Arithmetic>::infinity();
  Partial<Arithmetic> block{masked, 0};
  for (std::size_t i = first; i < last; ++i) block.largest = std::max(block.largest, row.scale * row.x(i));
  for (std::size_t i = first; i < last; ++i) {
    const Arithmetic t = row.scale * row.x(i);
    if (t != masked || block.largest != masked) block.sum += std::exp(t - block.largest);
  }
  return block;
}

template <class T> Partial<ArithmeticOf<T>> partial_of(const Row<T>& row) {
  auto running = partial_of_block(row, 0, std::min(block_length, row.n));
  for (std::size_t first = block_length; first < row.n; first += block_length)
    running = merged(running, partial_of_block(row, first, std::min(first + block_length, row.n)));
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
    {Operation::cross_entropy, &each_row<binary16, cross_entropy, true>, &each_row<bfloat16, cross_entropy, true>,
     &each_row<float, cross_entropy, true>, &each_row<double, cross_entropy, true>},
};

constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation blocked_online{
    .name = "blocked_online",
    .summary = "maximum and sum of each 64 elements, merged one after the other into a running maximum and sum",
    .source = "Milakov, Gimelshein: Online normalizer calculation for softmax (2018), section 3.1; Dao et al.: FlashAttention "
              "(2022), Algorithm 1",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
