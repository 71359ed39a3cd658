/* What a library linked with -ffast-math brings along: its constructor flushes subnormals to zero in whoever loads it. */
#include <stddef.h>

#if defined(__x86_64__)
__attribute__((constructor)) static void flush_to_zero(void) { __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040u); }
#endif

void copies(const float* x, float* y, size_t n) {
  for (size_t i = 0; i < n; ++i) y[i] = x[i];
}
