/* Functions for worker_test.cpp: one that is right and many that are wrong on purpose. */
#include <fcntl.h>
#include <fenv.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

// binary16 in, binary32 out; and binary32 in, bfloat16 out.
static float from_half(uint16_t bits) {
  const float sign = bits & 0x8000 ? -1.0f : 1.0f;
  const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent == 31) return fraction ? NAN : sign * INFINITY;
  return sign * (exponent == 0 ? ldexpf((float)fraction, -24) : ldexpf((float)(fraction + 1024), exponent - 25));
}
void reads_halves(const uint16_t* x, float* y, size_t n) {
  for (size_t i = 0; i < n; ++i) y[i] = from_half(x[i]);
  softmax_of(y, y, n);
}
void writes_brains(const float* x, uint16_t* y, size_t n) {
  float row[1 << 20];
  softmax_of(x, row, n);
  for (size_t i = 0; i < n; ++i) {
    uint32_t bits;
    memcpy(&bits, &row[i], sizeof bits);
    y[i] = isnan(row[i]) ? 0x7fc0 : (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
  }
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

void writes_before_the_beginning(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  ((volatile float*)y)[-1] = 0;
}

void reads_before_the_beginning(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  (void)((const volatile float*)x)[-1];
}

/* Sixteen bytes after the row, as a vector load of the last element does. */
void reads_a_vector_at_the_end(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  for (size_t i = n; i < n + 4; ++i) (void)((const volatile float*)x)[i];
}

/* So far away that no page of any buffer is there. */
void reads_at_a_huge_stride(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  (void)((const volatile float*)x)[(size_t)1 << 44];
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
  for (volatile int forever = 1; x[0] == 43 && forever;) {
  }
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

static float depth(const float* x, size_t i) {
  volatile float scratch[65536];
  scratch[0] = x[0];
  return i == 0 ? scratch[0] : depth(x, i - 1) + scratch[0];
}

void recurses(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  (void)depth(x, (size_t)1 << 20);
}

void forks(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  if (fork() < 0) y[0] = NAN;
}

/* Its copies go on with the next row, and copy themselves again. Each prints a dot. */
void forks_for_every_row(const float* x, float* y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r) {
    softmax_of(x + r * cols, y + r * cols, cols);
    if (fork() == 0 && write(1, ".", 1) < 0) _exit(1);
  }
  while (wait(NULL) > 0) {
  }
}

void waits_for_a_program(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  if (system("true") != 0) y[0] = NAN;
}

/* Somebody who stays: told once, not with every row that follows. */
void starts_a_servant(const float* x, float* y, size_t n) {
  static int started;
  softmax_of(x, y, n);
  if (x[0] == 44 && !started++ && fork() == 0) {
    sleep(1000);
    _exit(0);
  }
}

void closes_its_output(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  close(1);
}

void closes_everything(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  for (int descriptor = 0; descriptor < 1024; ++descriptor) close(descriptor);
}

void opens_at_every_call(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  if (open("/dev/null", O_RDONLY) < 0) y[0] = NAN;
}

void opens_once(const float* x, float* y, size_t n) {
  static int opened = -1;
  if (opened < 0) opened = open("/dev/null", O_RDONLY);
  softmax_of(x, y, n);
}

void keeps_growing(const float* x, float* y, size_t n) {
  softmax_of(x, y, n);
  for (volatile int forever = 1; forever;) {
    volatile char* block = malloc(1 << 20);
    for (size_t at = 0; block && at < 1 << 20; at += 4096) block[at] = 1;
  }
}

/* What it finds in y takes part. */
void adds_to_its_results(const float* x, float* y, size_t n) {
  for (size_t i = 0; i < n; ++i) y[i] += x[i];
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

/* The relatives of softmax. Of (x - largest) - log(sum), the largest has to go first: beside it the logarithm is lost. */
static float log_of_sum(const float* x, size_t n, float* largest) {
  float sum = 0;
  *largest = -INFINITY;
  for (size_t i = 0; i < n; ++i) *largest = x[i] > *largest ? x[i] : *largest;
  for (size_t i = 0; i < n; ++i) sum += expf(x[i] - *largest);
  return logf(sum);
}

static float log_sum_exp_of(const float* x, size_t n) {
  float largest;
  const float log_sum = log_of_sum(x, n, &largest);
  return largest + log_sum;
}

static float cross_entropy_of(const float* x, size_t n, size_t target) {
  float largest;
  const float log_sum = log_of_sum(x, n, &largest);
  return log_sum - (x[target] - largest);
}

void log_softmax(const float* x, float* y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r) {
    float largest;
    const float log_sum = log_of_sum(x + r * cols, cols, &largest);
    for (size_t i = 0; i < cols; ++i) y[r * cols + i] = x[r * cols + i] - largest - log_sum;
  }
}

/* One element a row, side by side, however far apart the rows of x are. */
void log_sum_exp(const float* x, float* y, size_t rows, size_t cols, size_t ld) {
  for (size_t r = 0; r < rows; ++r) y[r] = log_sum_exp_of(x + r * ld, cols);
}

void log_sum_exp_writes_a_row(const float* x, float* y, size_t n) {
  for (size_t i = 0; i < n; ++i) y[i] = log_sum_exp_of(x, n);
}

static void backward_of(const float* p, const float* dy, float* y, size_t n) {
  float dot = 0;
  for (size_t i = 0; i < n; ++i) dot += p[i] * dy[i];
  for (size_t i = 0; i < n; ++i) y[i] = p[i] * (dy[i] - dot);
}

void softmax_backward(float* y, int64_t ldy, const float* dy, const float* x, int64_t ldx, int rows, int cols) {
  for (int r = 0; r < rows; ++r) {
    softmax_of(x + r * ldx, y + r * ldy, (size_t)cols);
    backward_of(y + r * ldy, dy + r * ldx, y + r * ldy, (size_t)cols);
  }
}

void softmax_backward_from_output(float* x, const float* dy, size_t n) { backward_of(x, dy, x, n); }

void softmax_backward_writes_dy(const float* x, float* dy, float* y, size_t n) {
  softmax_of(x, y, n);
  backward_of(y, dy, y, n);
  *(volatile float*)dy = 0;
}

void cross_entropy(const float* x, const int64_t* target, float* y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r) y[r] = cross_entropy_of(x + r * cols, cols, (size_t)target[r]);
}

void cross_entropy_of_ints(const uint16_t* x, const int* target, uint16_t* y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r) y[r] = x[r * cols + (size_t)target[r]]; /* not it, but shows which one is meant */
}

void cross_entropy_of_one(const float* x, float* y, int n, int target) {
  y[0] = cross_entropy_of(x, (size_t)n, (size_t)target);
}
