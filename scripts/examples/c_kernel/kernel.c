// Softmax of each row, as many write it first: correct, and nothing is wrong with it.
#include <math.h>
#include <stddef.h>

void my_softmax(const float* x, float* y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r, x += cols, y += cols) {
    float largest = -INFINITY, sum = 0;
    for (size_t i = 0; i < cols; ++i)
      if (x[i] > largest || isnan(x[i])) largest = x[i];
    for (size_t i = 0; i < cols; ++i) sum += y[i] = expf(x[i] - largest);
    for (size_t i = 0; i < cols; ++i) y[i] /= sum;
  }
}

// The same with a mask of "minus infinity" that is not: the results of masked elements are not zero, and rows of large negative logits
// end as if they were masked.
void masked_softmax(const float* x, const float* mask, float* y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r, x += cols, y += cols, mask += cols) {
    float largest = -10000.0f, sum = 0;
    for (size_t i = 0; i < cols; ++i)
      if (x[i] + mask[i] > largest) largest = x[i] + mask[i];
    for (size_t i = 0; i < cols; ++i) sum += y[i] = expf(x[i] + mask[i] - largest);
    for (size_t i = 0; i < cols; ++i) y[i] /= sum;
  }
}
