#include <math.h>
#include <stddef.h>

void kernel_softmax(const float* x, float* y, size_t n) {
  float largest = x[0], sum = 0;
  for (size_t i = 1; i < n; ++i)
    if (!(x[i] <= largest)) largest = x[i];
  for (size_t i = 0; i < n; ++i) sum += y[i] = expf(x[i] - largest);
  for (size_t i = 0; i < n; ++i) y[i] /= sum;
}

void kernel_unshifted(const float* x, float* y, size_t n) {
  float sum = 0;
  for (size_t i = 0; i < n; ++i) sum += y[i] = expf(x[i]);
  for (size_t i = 0; i < n; ++i) y[i] /= sum;
}
