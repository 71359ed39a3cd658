// A C++ project's own softmax, audited by its own test program.
#include <softmax_audit.hpp>

#include <algorithm>
#include <cmath>

// The scale comes first: a negative one turns the order round, and a difference of huge logits would overflow.
template <class T> void softmax(const T* x, T* y, std::size_t n, T inverse_temperature) {
  for (std::size_t i = 0; i < n; ++i) y[i] = inverse_temperature * x[i];
  const T largest = *std::max_element(y, y + n, [](T a, T b) { return a < b || std::isnan(b); }); // a NaN is seen, too
  T sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += y[i] = std::exp(y[i] - largest);
  for (std::size_t i = 0; i < n; ++i) y[i] /= sum;
}

int main() {
  // For every T that it takes: binary32 and binary64.
  return softmax_audit::audit("mine", []<class T>(const T* x, T* y, std::size_t n, T scale) { softmax(x, y, n, scale); });
}
