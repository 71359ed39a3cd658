// /// script
// apt = ["libc6-dev"]
// build = 'c++ -std=c++20 -O2 -msse4.1 -shared -fPIC -I{include} {source} -o {output} -lmvec -lm'
// [tool.softmax-audit]
// library = "libmvec of glibc"
// calls = "_ZGVeN16v_expf, _ZGVeN8v_exp and their narrower kin"
// [[tool.softmax-audit.variant]]
// name = "libmvec sse4"
// instruction_set = "sse4"
// claim = "exp=4,accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "libmvec avx2"
// instruction_set = "avx2"
// build = 'c++ -std=c++20 -O2 -mavx2 -mfma -shared -fPIC -I{include} {source} -o {output} -lmvec -lm'
// claim = "exp=4,accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "libmvec avx512"
// instruction_set = "avx512"
// build = 'c++ -std=c++20 -O2 -mavx512f -mavx512dq -mavx2 -mfma -shared -fPIC -I{include} {source} -o {output} -lmvec -lm'
// claim = "exp=4,accumulator=f64"
// ///
#include "plugin.hpp"

#include <gnu/libc-version.h>
#include <immintrin.h>

// The vector exponentials have no declaration in a header: compilers call them by these names. Their documented bound is
// 4 ulp.
extern "C" {
#if defined(__AVX512F__)
__m512 _ZGVeN16v_expf(__m512);
__m512d _ZGVeN8v_exp(__m512d);
#elif defined(__AVX2__)
__m256 _ZGVdN8v_expf(__m256);
__m256d _ZGVdN4v_exp(__m256d);
#else
__m128 _ZGVbN4v_expf(__m128);
__m128d _ZGVbN2v_exp(__m128d);
#endif
}

namespace {

#if defined(__AVX512F__)
struct Exp32 {
  using Element = float;
  static constexpr std::size_t width = 16;
  static void apply(float* lanes) { _mm512_store_ps(lanes, _ZGVeN16v_expf(_mm512_load_ps(lanes))); }
};
struct Exp64 {
  using Element = double;
  static constexpr std::size_t width = 8;
  static void apply(double* lanes) { _mm512_store_pd(lanes, _ZGVeN8v_exp(_mm512_load_pd(lanes))); }
};
#elif defined(__AVX2__)
struct Exp32 {
  using Element = float;
  static constexpr std::size_t width = 8;
  static void apply(float* lanes) { _mm256_store_ps(lanes, _ZGVdN8v_expf(_mm256_load_ps(lanes))); }
};
struct Exp64 {
  using Element = double;
  static constexpr std::size_t width = 4;
  static void apply(double* lanes) { _mm256_store_pd(lanes, _ZGVdN4v_exp(_mm256_load_pd(lanes))); }
};
#else
struct Exp32 {
  using Element = float;
  static constexpr std::size_t width = 4;
  static void apply(float* lanes) { _mm_store_ps(lanes, _ZGVbN4v_expf(_mm_load_ps(lanes))); }
};
struct Exp64 {
  using Element = double;
  static constexpr std::size_t width = 2;
  static void apply(double* lanes) { _mm_store_pd(lanes, _ZGVbN2v_exp(_mm_load_pd(lanes))); }
};
#endif

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  return adapter::softmax_plugin_with<Exp32, Exp64>("exp of libmvec", gnu_get_libc_version());
}
