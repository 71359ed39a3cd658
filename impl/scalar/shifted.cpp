#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> void softmax(const T* x, T* y, std::size_t n, T scale) {
  T largest = scale * x[0];
  for (std::size_t i = 1; i < n; ++i) largest = std::max(largest, scale * x[i]);
  T sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = std::exp(scale * x[i] - largest);
    sum += y[i];
  }
  for (std::size_t i = 0; i < n; ++i) y[i] /= sum;
}

constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, {&softmax<float>, &softmax<double>}, {.equal_logits_give_equal_bits = true}},
};

} // namespace

namespace implementations {
extern constinit const Implementation shifted{
    .name = "shifted",
    .summary = "y_i = exp(x_i - m) / sum_j exp(x_j - m), m = max x: three passes",
    .source = "Blanchard, Higham, Higham: Accurately computing the log-sum-exp and softmax functions (2021), Algorithm 4.1",
    .breaks = {},
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
