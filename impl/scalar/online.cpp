#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

template <class T> void softmax(const T* x, T* y, std::size_t n, T scale) {
  constexpr T masked = -std::numeric_limits<T>::infinity();
  T largest = masked;
  T sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const T t = scale * x[i];
    if (t > largest) {
      // A masked beginning has no mass to rescale, and exp(-inf - -inf) would be NaN. exp(t - t) rather than 1: NaN for
      // t = +inf, as in the shifted formula.
      sum = (largest == masked ? sum : sum * std::exp(largest - t)) + std::exp(t - t);
      largest = t;
    } else if (t != masked || largest != masked) {
      sum += std::exp(t - largest);
    }
  }
  for (std::size_t i = 0; i < n; ++i) y[i] = std::exp(scale * x[i] - largest) / sum;
}

constexpr Variant variants[] = {
    {"scalar",
     &runs_everywhere,
     {&softmax<float>, &softmax<double>},
     {.rescaling = Rescaling::online, .equal_logits_give_equal_bits = true}},
};

} // namespace

namespace implementations {
extern constinit const Implementation online{
    .name = "online",
    .summary = "one pass keeps the running maximum and the sum relative to it, a second divides",
    .source = "Milakov, Gimelshein: Online normalizer calculation for softmax (2018), Algorithm 3",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
