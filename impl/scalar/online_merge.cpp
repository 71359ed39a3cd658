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

template <class T> Partial<ArithmeticOf<T>> partial_of(const Row<T>& row, std::size_t first, std::size_t last) {
  if (last - first > 1) {
    const std::size_t middle = first + (last - first) / 2;
    return merged(partial_of(row, first, middle), partial_of(row, middle, last));
  }
  const ArithmeticOf<T> t = row.scale * row.x(first);
  // exp(t - t) rather than 1: a NaN beside masks must not be forgotten.
  return {t, t == -std::numeric_limits<ArithmeticOf<T>>::infinity() ? 0 : std::exp(t - t)};
}
template <class T> Partial<ArithmeticOf<T>> partial_of(const Row<T>& row) {
  const auto whole = partial_of(row, 0, row.n);
  // largest - largest: 0, but NaN where no maximum is finite, as in the shifted formula.
  return {whole.largest, whole.sum + (whole.largest - whole.largest)};
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
    {Operation::cross_entropy, &each_row<binary16, cross_entropy, true>, &each_row<bfloat16, cross_entropy, true>,
     &each_row<float, cross_entropy, true>, &each_row<double, cross_entropy, true>},
};

constexpr Variant variants[] = {{"scalar",
                                 &runs_everywhere,
                                 kernels,
                                 {.summation = Summation::pairwise, .rescaling = Rescaling::online, .bitwise = bitwise}}};

} // namespace

namespace implementations {
extern constinit const Implementation online_merge{
    .name = "online_merge",
    .summary = "a binary tree of merges: two maxima and sums become one, the lower rescaled",
    .source = "Milakov, Gimelshein: Online normalizer calculation for softmax (2018), section 3.1, equation 4",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
