// A test program as users write it (softmax_audit.hpp), for worker_test.cpp: which function it audits its argument says.
#include <softmax_audit.hpp>

#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace {

template <class T> void softmax(const T* x, T* y, std::size_t n, T scale, bool shifts) {
  T largest = shifts ? scale * x[0] : 0, sum = 0;
  for (std::size_t i = 0; i < n && shifts; ++i)
    if (!(scale * x[i] <= largest)) largest = scale * x[i];
  for (std::size_t i = 0; i < n; ++i) sum += y[i] = std::exp(scale * x[i] - largest);
  for (std::size_t i = 0; i < n; ++i) y[i] /= sum;
}

} // namespace

int main(int, char** argv) {
  std::puts("printed before the audit begins");
  const std::string which = argv[1];
  softmax_audit::AuditOptions options;
  options.program = SOFTMAX_AUDIT_PROGRAM;
  options.arguments = {"--cases", "60"};
  if (which == "right")
    return softmax_audit::audit(
        which, [](const auto* x, auto* y, std::size_t n) { softmax(x, y, n, std::decay_t<decltype(*y)>(1), true); }, options);
  if (which == "scaled")
    return softmax_audit::audit(
        which,
        [](const float* x, float* y, std::size_t rows, std::size_t cols, float scale) {
          for (std::size_t r = 0; r < rows; ++r) softmax(x + r * cols, y + r * cols, cols, scale, true);
        },
        options);
  if (which == "unshifted")
    return softmax_audit::audit(
        which, [](const double* x, double* y, std::size_t n) { softmax(x, y, n, 1.0, false); }, options);
  if (which == "crashes")
    return softmax_audit::audit(
        which,
        [](const float* x, float* y, std::size_t n) {
          if (n > 3) std::abort();
          softmax(x, y, n, 1.0f, true);
        },
        options);
  options.operation = "softmaxx";
  try {
    return softmax_audit::audit(
        which, [](const float*, float*, std::size_t) {}, options);
  } catch (const std::invalid_argument& error) {
    std::fputs(error.what(), stderr);
    return 2;
  }
}
