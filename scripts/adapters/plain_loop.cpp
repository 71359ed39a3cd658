// /// script
// apt = ["g++", "clang-14"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output}'
// [tool.softmax-audit]
// library = "what a compiler makes of the plain loop"
// calls = "expf, exp, logf, log of glibc or what the compiler puts in their place"
// [[tool.softmax-audit.variant]]
// name = "plain loop gcc -O2"
// instruction_set = "sse2"
// [[tool.softmax-audit.variant]]
// name = "plain loop gcc -Ofast"
// instruction_set = "sse2"
// build = 'c++ -std=c++20 -Ofast -shared -fPIC -I{include} {source} -o {output}'
// [[tool.softmax-audit.variant]]
// name = "plain loop gcc -Ofast -march=x86-64-v3"
// instruction_set = "avx2"
// build = 'c++ -std=c++20 -Ofast -march=x86-64-v3 -shared -fPIC -I{include} {source} -o {output}'
// [[tool.softmax-audit.variant]]
// name = "plain loop gcc -Ofast -march=x86-64-v4"
// instruction_set = "avx512"
// build = 'c++ -std=c++20 -Ofast -march=x86-64-v4 -shared -fPIC -I{include} {source} -o {output}'
// [[tool.softmax-audit.variant]]
// name = "plain loop clang -O2"
// instruction_set = "sse2"
// build = 'clang++-14 -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output}'
// [[tool.softmax-audit.variant]]
// name = "plain loop clang -Ofast -march=x86-64-v3"
// instruction_set = "avx2"
// build = 'clang++-14 -std=c++20 -Ofast -march=x86-64-v3 -shared -fPIC -I{include} {source} -o {output}'
// [[tool.softmax-audit.variant]]
// name = "plain loop clang -Ofast -march=x86-64-v3 -fveclib=libmvec"
// instruction_set = "avx2"
// build = 'clang++-14 -std=c++20 -Ofast -march=x86-64-v3 -fveclib=libmvec -shared -fPIC -I{include} {source} -o {output} -lmvec -lm'
// ///
#include "plugin.hpp"

#include <gnu/libc-version.h>

namespace {

template <class T> T maximum_of(const T* x, std::size_t n) {
  T maximum = x[0];
  for (std::size_t i = 1; i < n; ++i) maximum = x[i] > maximum ? x[i] : maximum;
  return maximum;
}

template <class T> T sum_of_exponentials(const T* x, std::size_t n, T maximum) {
  T sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::exp(x[i] - maximum);
  return sum;
}

template <class T> void softmax(const T* x, T* y, std::size_t n) {
  const T maximum = maximum_of(x, n);
  T sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += y[i] = std::exp(x[i] - maximum);
  for (std::size_t i = 0; i < n; ++i) y[i] /= sum;
}

template <class T> void log_softmax(const T* x, T* y, std::size_t n) {
  const T maximum = maximum_of(x, n), logarithm = std::log(sum_of_exponentials(x, n, maximum));
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] - maximum - logarithm;
}

template <class T> void log_sum_exp(const T* x, T* y, std::size_t n) {
  const T maximum = maximum_of(x, n);
  *y = maximum + std::log(sum_of_exponentials(x, n, maximum));
}

template <class T> void sigmoid(const T* x, T* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = 1 / (1 + std::exp(-x[i]));
}

template <class T> void rows_of(const softmax_audit_call& call) {
  const auto function = call.operation == SOFTMAX_AUDIT_SOFTMAX       ? softmax<T>
                        : call.operation == SOFTMAX_AUDIT_LOG_SOFTMAX ? log_softmax<T>
                        : call.operation == SOFTMAX_AUDIT_LOG_SUM_EXP ? log_sum_exp<T>
                                                                      : sigmoid<T>;
  for (std::size_t row = 0; row < call.rows; ++row)
    function(adapter::row_of_x<T>(call, row), adapter::row_of_y<T>(call, row), call.cols);
}

int offers(std::uint32_t operation, std::uint32_t x, std::uint32_t y) {
  if (x != y || (x != SOFTMAX_AUDIT_F32 && x != SOFTMAX_AUDIT_F64)) return SOFTMAX_AUDIT_NOT_OFFERED;
  constexpr int with_rows = SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_THREADS;
  switch (operation) {
    case SOFTMAX_AUDIT_SOFTMAX:
    case SOFTMAX_AUDIT_LOG_SOFTMAX:
    case SOFTMAX_AUDIT_SIGMOID: return with_rows | SOFTMAX_AUDIT_IN_PLACE;
    case SOFTMAX_AUDIT_LOG_SUM_EXP: return with_rows;
    default: return SOFTMAX_AUDIT_NOT_OFFERED;
  }
}

int run(const softmax_audit_call* call) {
  if (call->format_of_x == SOFTMAX_AUDIT_F32)
    rows_of<float>(*call);
  else
    rows_of<double>(*call);
  return SOFTMAX_AUDIT_DONE;
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  if (const char* missing = adapter::missing_instruction_set())
    return adapter::cannot_serve(std::string("this build of the loop needs ") + missing);
#ifdef __clang__
  static const std::string compiler = "clang " + std::to_string(__clang_major__) + "." + std::to_string(__clang_minor__);
#else
  static const std::string compiler = "gcc " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__);
#endif
  static const std::string version = compiler + ", glibc " + gnu_get_libc_version();
  static const softmax_audit_plugin plugin{sizeof plugin, "plain loop", version.c_str(), adapter::instruction_set(),
                                           offers,        run};
  return &plugin;
}
