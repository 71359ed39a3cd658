#include <softmax_audit.hpp>

#include <cmath>

template <class T> void softmax(const T* x, T* y, std::size_t n) {
  T largest = x[0], sum = 0;
  for (std::size_t i = 1; i < n; ++i)
    if (!(x[i] <= largest)) largest = x[i];
  for (std::size_t i = 0; i < n; ++i) sum += y[i] = std::exp(x[i] - largest);
  for (std::size_t i = 0; i < n; ++i) y[i] /= sum;
}

int main() {
  softmax_audit::AuditOptions options;
  options.arguments = {"--cases", "200"};
  return softmax_audit::audit(
      "mine", [](const auto* x, auto* y, std::size_t n) { softmax(x, y, n); }, options);
}
