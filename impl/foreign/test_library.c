/* Functions for worker_test.cpp: one that is right and many that are wrong on purpose. */
#include <fenv.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void softmax_of(const float* x, float* y, size_t n) {
  float largest = -INFINITY, sum = 0;
  for (size_t i = 0; i < n; ++i) largest = x[i] > largest ? x[i] : largest;
  for (size_t i = 0; i < n; ++i) sum += y[i] = expf(x[i] - largest);
  for (size_t i = 0; i < n; ++i) y[i] /= sum;
}

void good(const float* x, float* y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r) softmax_of(x + r * cols, y + r * cols, cols);
}

/* The arguments in another order, distances between rows, and a mask. */
int with_distances(float* y, int64_t ldy, int cols, const float* x, int64_t ldx, int rows, const float* mask) {
  for (int r = 0; r < rows; ++r) {
    float* row = y + r * ldy;
    for (int i = 0; i < cols; ++i) row[i] = x[r * ldx + i] + mask[r * ldx + i];
    softmax_of(row, row, (size_t)cols);
  }
  return 0;
}

void ignores_distance(const float* x, float* y, size_t rows, size_t cols, size_t ld) {
  (void)ld;
  good(x, y, rows, cols);
}

void in_place(float* x, int n) { softmax_of(x, x, (size_t)n); }

void scaled(const double* x, double* y, size_t n, double scale) {
  double largest = -INFINITY, sum = 0;
  for (size_t i = 0; i < n; ++i) largest = scale * x[i] > largest ? scale * x[i] : largest;
  for (size_t i = 0; i < n; ++i) sum += y[i] = exp(scale * x[i] - largest);
  for (size_t i = 0; i < n; ++i) y[i] /= sum;
}

/* The bits as they came: shows what travels for f16 and bf16. */
void copies_16(const uint16_t* x, uint16_t* y, size_t n) {
  for (size_t i = 0; i < n; ++i) y[i] = x[i];
}

void writes_past_the_end(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  ((volatile float*)y)[n] = 0;
}

void reads_past_the_end(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  y[0] += 0 * ((const volatile float*)x)[n];
}

void writes_its_input(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  *(volatile float*)(uintptr_t)x = 0;
}

void forgets_the_last(const float* x, float* y, size_t n) { softmax_of(x, y, n - 1); }

void crashes_on_42(const float* x, float* y, size_t n) {
  if (x[0] == 42) {
    fprintf(stderr, "forty-two is too much\n");
    *(volatile int*)(uintptr_t)8 = 0;
  }
  softmax_of(x, y, n);
}

void hangs_on_43(const float* x, float* y, size_t n) {
  for (volatile int forever = 1; x[0] == 43 && forever;) {}
  softmax_of(x, y, n);
}

int refuses(const float* x, float* y, size_t n) {
  (void)x, (void)y, (void)n;
  return 7;
}

void prints_and_reads(const float* x, float* y, size_t n) {
  printf("a print that must not reach the wire\n");
  fflush(stdout);
  if (getchar() == EOF) softmax_of(x, y, n);
}

void leaves(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  exit(0);
}

void rounds_upward(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  y[0] = fegetround() == FE_TONEAREST ? y[0] : NAN;
  fesetround(FE_UPWARD);
}

// Right but for its last element, and only in rows that nobody tests.
void wrong_beyond_20000(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  if (n > 20000) y[n - 1] = 2;
}
