// One kernel in two versions: -DFAST takes the exponential as a power of two and the sum in eight lanes, for vectors' sake.
#include <math.h>
#include <stddef.h>

void my_softmax(const float* x, float* y, size_t n) {
  float largest = -INFINITY;
  for (size_t i = 0; i < n; ++i)
    if (x[i] > largest || isnan(x[i])) largest = x[i];
#ifdef FAST
  float lanes[8] = {0};
  for (size_t i = 0; i < n; ++i) lanes[i % 8] += y[i] = exp2f((x[i] - largest) * 1.44269504f);
  const float sum = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
#else
  float sum = 0;
  for (size_t i = 0; i < n; ++i) sum += y[i] = expf(x[i] - largest);
#endif
  for (size_t i = 0; i < n; ++i) y[i] /= sum;
}
