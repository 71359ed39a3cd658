/* Plugins for worker_test.cpp: one that is right, and some that cannot be served. */
#include "impl/foreign/softmax_audit_plugin.h"

#include <math.h>

static int offers(uint32_t operation, uint32_t format_of_x, uint32_t format_of_y) {
  if (format_of_x != format_of_y) return SOFTMAX_AUDIT_NOT_OFFERED;
  if (operation == SOFTMAX_AUDIT_SOFTMAX && (format_of_x == SOFTMAX_AUDIT_F32 || format_of_x == SOFTMAX_AUDIT_F64))
    return SOFTMAX_AUDIT_SCALE | SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_AXIS | SOFTMAX_AUDIT_IN_PLACE | SOFTMAX_AUDIT_THREADS;
  if (operation == SOFTMAX_AUDIT_LOG_SUM_EXP && format_of_x == SOFTMAX_AUDIT_F32)
    return SOFTMAX_AUDIT_SCALE | SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_AXIS | SOFTMAX_AUDIT_IN_PLACE | SOFTMAX_AUDIT_THREADS;
  return SOFTMAX_AUDIT_NOT_OFFERED;
}

static double at(const softmax_audit_call* call, const void* from, ptrdiff_t i) {
  return call->format_of_x == SOFTMAX_AUDIT_F32 ? ((const float*)from)[i] : ((const double*)from)[i];
}

static void put(const softmax_audit_call* call, ptrdiff_t i, double value) {
  if (call->format_of_y == SOFTMAX_AUDIT_F32)
    ((float*)call->y)[i] = (float)value;
  else
    ((double*)call->y)[i] = value;
}

static int run(const softmax_audit_call* call) {
  for (size_t r = 0; r < call->rows; ++r) {
    const ptrdiff_t first = (ptrdiff_t)r * call->x_row;
    if (at(call, call->x, first) == 41) return SOFTMAX_AUDIT_REFUSED;
    double largest = -INFINITY, sum = 0;
    for (ptrdiff_t i = 0; i < (ptrdiff_t)call->cols; ++i)
      largest = fmax(largest, call->scale * at(call, call->x, first + i * call->x_col));
    for (ptrdiff_t i = 0; i < (ptrdiff_t)call->cols; ++i)
      sum += exp(call->scale * at(call, call->x, first + i * call->x_col) - largest);
    if (call->operation == SOFTMAX_AUDIT_LOG_SUM_EXP)
      put(call, (ptrdiff_t)r * call->y_row, largest + log(sum));
    else
      for (ptrdiff_t i = 0; i < (ptrdiff_t)call->cols; ++i)
        put(call, (ptrdiff_t)r * call->y_row + i * call->y_col,
            exp(call->scale * at(call, call->x, first + i * call->x_col) - largest) / sum);
  }
  return SOFTMAX_AUDIT_DONE;
}

const softmax_audit_plugin* softmax_audit_plugin_entry(void) {
  static const softmax_audit_plugin plugin = {sizeof plugin, "test_plugin", "7", "scalar", offers, run};
  return &plugin;
}

/* Two more, told apart by their names. */
#define ENTRY(name) __attribute__((visibility("default"))) const softmax_audit_plugin* name(void)
ENTRY(forgot_its_size);
ENTRY(forgot_its_size) {
  static const softmax_audit_plugin plugin = {8, "small", "1", 0, offers, run};
  return &plugin;
}
ENTRY(cannot_run);
ENTRY(cannot_run) {
  static const softmax_audit_plugin plugin = {sizeof plugin, "idle", "1", 0, offers, 0};
  return &plugin;
}
ENTRY(has_no_table);
ENTRY(has_no_table) { return 0; }
static int offers_nothing(uint32_t operation, uint32_t format_of_x, uint32_t format_of_y) {
  (void)operation, (void)format_of_x, (void)format_of_y;
  return SOFTMAX_AUDIT_NOT_OFFERED;
}
ENTRY(offers_none);
ENTRY(offers_none) {
  static const softmax_audit_plugin plugin = {sizeof plugin, "empty", "1", 0, offers_nothing, run};
  return &plugin;
}

/* A softmax with a mask that hands on the maximum and the sum of each row, and three that do it wrong. */
static int offers_all(uint32_t operation, uint32_t format_of_x, uint32_t format_of_y) {
  return operation == SOFTMAX_AUDIT_SOFTMAX && format_of_x == SOFTMAX_AUDIT_F32 && format_of_y == SOFTMAX_AUDIT_F32
             ? SOFTMAX_AUDIT_MASK | SOFTMAX_AUDIT_MAXIMUM_AND_SUM
             : SOFTMAX_AUDIT_NOT_OFFERED;
}

enum wrong { nothing, mask_of_minus_ten_thousand, sum_without_the_maximum, maximum_of_magnitudes };

static int run_all(const softmax_audit_call* call, enum wrong wrong) {
  for (size_t r = 0; r < call->rows; ++r) {
    const float* x = (const float*)call->x + (ptrdiff_t)r * call->x_row;
    const float* mask = call->mask ? (const float*)call->mask + (ptrdiff_t)r * call->x_row : 0;
    float* y = (float*)call->y + (ptrdiff_t)r * call->y_row;
    float largest = -INFINITY, sum = 0;
    for (size_t i = 0; i < call->cols; ++i) {
      y[i] = x[i] + (mask ? (wrong == mask_of_minus_ten_thousand ? fmaxf(mask[i], -10000) : mask[i]) : 0);
      if (isnan(y[i]) || y[i] > largest) largest = y[i];
    }
    for (size_t i = 0; i < call->cols; ++i) sum += y[i] = expf(y[i] - largest);
    for (size_t i = 0; i < call->cols; ++i) y[i] /= sum;
    if (call->maximum) ((float*)call->maximum)[r] = wrong == maximum_of_magnitudes ? fabsf(largest) : largest;
    if (call->sum) ((float*)call->sum)[r] = wrong == sum_without_the_maximum ? sum - 1 : sum;
  }
  return SOFTMAX_AUDIT_DONE;
}
#define RUN(name)                                                                               \
  static int run_##name(const softmax_audit_call* call) { return run_all(call, name); }         \
  ENTRY(has_##name);                                                                            \
  ENTRY(has_##name) {                                                                           \
    static const softmax_audit_plugin plugin = {sizeof plugin, #name, "1", 0, offers_all, run_##name}; \
    return &plugin;                                                                             \
  }
RUN(nothing)
RUN(mask_of_minus_ten_thousand)
RUN(sum_without_the_maximum)
RUN(maximum_of_magnitudes)
