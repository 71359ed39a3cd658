/* How a library offers its softmax to softmax-audit: one exported function that gives one table.
 *
 *     #include <softmax_audit_plugin.h>
 *
 *     static int offers(uint32_t operation, uint32_t format_of_x, uint32_t format_of_y) {
 *       return operation == SOFTMAX_AUDIT_SOFTMAX && format_of_x == SOFTMAX_AUDIT_F32 && format_of_y == SOFTMAX_AUDIT_F32
 *                  ? SOFTMAX_AUDIT_ROW_STRIDE : SOFTMAX_AUDIT_NOT_OFFERED;
 *     }
 *     static int run(const softmax_audit_call* call) {
 *       for (size_t r = 0; r < call->rows; ++r)
 *         my_softmax((const float*)call->x + r * call->x_row, (float*)call->y + r * call->y_row, call->cols);
 *       return SOFTMAX_AUDIT_DONE;
 *     }
 *     const softmax_audit_plugin* softmax_audit_plugin_entry(void) {
 *       static const softmax_audit_plugin plugin = {sizeof plugin, "mine", "1.0", "avx2", offers, run};
 *       return &plugin;
 *     }
 *
 * and then: softmax-audit check --plugin ./libmine.so
 *
 * C11 and C++. Nothing to link. The interface is stable: both structures begin with their own size, fields are only ever
 * appended, and numbers keep their meaning. A plugin that was compiled with an older header sees the fields that it knows;
 * one that was compiled with a newer header compares call->size with offsetof before it reads what it knows to be newer. */
#ifndef SOFTMAX_AUDIT_PLUGIN_H
#define SOFTMAX_AUDIT_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is computed of every row; s is the scale, m = max_j s x_j. The numbers are those of the worker protocol. */
enum {
  SOFTMAX_AUDIT_SOFTMAX = 0,                      /* y_i = exp(s x_i) / sum_j exp(s x_j) */
  SOFTMAX_AUDIT_LOG_SOFTMAX = 1,                  /* y_i = s x_i - log sum_j exp(s x_j) */
  SOFTMAX_AUDIT_LOG_SUM_EXP = 2,                  /* y = log sum_j exp(s x_j), one a row */
  SOFTMAX_AUDIT_SOFTMAX_BACKWARD = 3,             /* y_i = p_i (dy_i - sum_j p_j dy_j), p = softmax(s x) */
  SOFTMAX_AUDIT_SOFTMAX_BACKWARD_FROM_OUTPUT = 4, /* the same with p = x, what the forward pass gave; no scale */
  SOFTMAX_AUDIT_CROSS_ENTROPY = 5,                /* y = log sum_j exp(s x_j) - s x_target, one a row */
  SOFTMAX_AUDIT_SIGMOID = 6                       /* y_i = 1 / (1 + exp(-s x_i)) */
};

/* IEEE binary16, bfloat16 (both 16 bits of storage), binary32, binary64. */
enum { SOFTMAX_AUDIT_F16 = 0, SOFTMAX_AUDIT_BF16 = 1, SOFTMAX_AUDIT_F32 = 2, SOFTMAX_AUDIT_F64 = 3 };

/* What `offers` gives: NOT_OFFERED, or the sum of what can be asked besides contiguous rows with scale 1. */
enum {
  SOFTMAX_AUDIT_NOT_OFFERED = -1,
  SOFTMAX_AUDIT_SCALE = 1,          /* call->scale may differ from 1 */
  SOFTMAX_AUDIT_MASK = 2,           /* call->mask may be given */
  SOFTMAX_AUDIT_ROW_STRIDE = 4,     /* x_row and y_row may exceed cols, and differ */
  SOFTMAX_AUDIT_AXIS = 8,           /* x_col and y_col may exceed 1: softmax along another axis than the last */
  SOFTMAX_AUDIT_IN_PLACE = 16,      /* call->y may be call->x */
  SOFTMAX_AUDIT_MAXIMUM_AND_SUM = 32, /* call->maximum and call->sum may be given */
  SOFTMAX_AUDIT_THREADS = 64        /* run may be called by several threads at once */
};

/* What `run` gives. Anything else than DONE: the question is refused, and counts neither for nor against. */
enum { SOFTMAX_AUDIT_DONE = 0, SOFTMAX_AUDIT_REFUSED = 1 };

/* One call. Element i of row r lies at x[r * x_row + i * x_col]; strides are in elements, and never negative. What is not
 * y, maximum or sum is read only, and pages behind it may be unreadable. */
typedef struct softmax_audit_call {
  size_t size; /* of this structure, as the program knows it */
  uint32_t operation, format_of_x, format_of_y, reserved;
  size_t rows, cols; /* cols >= 1 */
  const void* x;
  void* y; /* operations that give one value a row: y[r * y_row], and y_row is 1 */
  ptrdiff_t x_row, x_col, y_row, y_col;
  double scale;          /* a value of format_of_x */
  const void* mask;      /* added to scale * x: format and layout of x; NULL: none */
  const void* dy;        /* upstream gradient: format and layout of x; NULL where the operation has none */
  const int64_t* target; /* cross-entropy: one a row; else NULL */
  void* maximum;         /* m of each row and sum_i exp(s x_i - m), one a row, format_of_y; NULL: not wanted */
  void* sum;
} softmax_audit_call;

typedef struct softmax_audit_plugin {
  size_t size; /* sizeof(softmax_audit_plugin), as the plugin was compiled */
  const char* name;
  const char* version;
  const char* instruction_set; /* NULL: unknown */
  int (*offers)(uint32_t operation, uint32_t format_of_x, uint32_t format_of_y);
  int (*run)(const softmax_audit_call* call);
} softmax_audit_plugin;

/* What the library exports; another name is given by --symbol. NULL: it cannot serve here, and says why on stderr. */
#if defined(_WIN32)
__declspec(dllexport)
#elif defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const softmax_audit_plugin* softmax_audit_plugin_entry(void);

#ifdef __cplusplus
}
#endif

#endif
