#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// rounded + error == a + b exactly, barring overflow (Knuth; Muller et al., Handbook, Algorithm 4.4).
template <class T> struct TwoSum { T rounded, error; };
template <class T> TwoSum<T> two_sum(T a, T b) {
  const T rounded = a + b;
  const T b_part = rounded - a;
  return {rounded, (a - (rounded - b_part)) + (b - b_part)};
}

// exp(a - b) with the rounding of a - b restored to first order: exp(d + e) = exp(d) (1 + e + e^2/2 + ...), |e| <= u |d|.
// exp within 1 ulp is within 2u relative, and the sum adds one rounding: 3u, and u^2 d^2 / 2 besides. The claim exp=1.6 allows 3.2u. (In ulp it
// may be more, where the last rounding crosses a power of two.)
template <class T> T exp_of_difference(T a, T b) {
  const TwoSum<T> d = two_sum(a, -b);
  const T value = std::exp(d.rounded);
  // Masked, overflowed and special differences have no error term to restore, and inf * 0 must not appear.
  return std::isfinite(d.rounded) ? value + value * d.error : value;
}

template <class T> void softmax(const T* x, T* y, std::size_t n, T scale) {
  T largest = scale * x[0];
  for (std::size_t i = 1; i < n; ++i) largest = std::max(largest, scale * x[i]);
  T sum = 0, lost = 0;
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = exp_of_difference(scale * x[i], largest);
    const TwoSum<T> next = two_sum(sum, y[i]);
    sum = next.rounded;
    lost += next.error;
  }
  sum += lost;
  for (std::size_t i = 0; i < n; ++i) y[i] /= sum;
}

constexpr Variant variants[] = {
    {"scalar",
     &runs_everywhere,
     {&softmax<float>, &softmax<double>},
     {.summation = Summation::compensated,
      .exponential_ulp = 1.6,
      .difference_is_compensated = true,
      .equal_logits_give_equal_bits = true}},
};

} // namespace

namespace implementations {
extern constinit const Implementation compensated{
    .name = "compensated",
    .summary = "shifted, with the rounding errors of x - m and of the sum carried along",
    .source = "Ogita, Rump, Oishi: Accurate sum and dot product (2005), Algorithm 4.4; difference by Knuth's TwoSum",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
