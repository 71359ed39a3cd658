// /// script
// apt = ["libsleef-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output} -lsleef'
// [tool.softmax-audit]
// library = "SLEEF"
// calls = "Sleef_expf16_u10, Sleef_expd8_u10 and their narrower kin"
// [[tool.softmax-audit.variant]]
// name = "sleef u10 sse2"
// instruction_set = "sse2"
// claim = "exp=1,accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "sleef u10 avx2"
// instruction_set = "avx2"
// build = 'c++ -std=c++20 -O2 -mavx2 -mfma -shared -fPIC -I{include} {source} -o {output} -lsleef'
// claim = "exp=1,accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "sleef u10 avx512"
// instruction_set = "avx512"
// build = 'c++ -std=c++20 -O2 -mavx512f -mavx512dq -mavx2 -mfma -shared -fPIC -I{include} {source} -o {output} -lsleef'
// claim = "exp=1,accumulator=f64"
// ///
#include "plugin.hpp"

#include <immintrin.h>
#include <sleef.h>

namespace {

// u10: within 1 ulp, as the name says. Debian's package has no looser exp.
#if defined(__AVX512F__)
struct Exp32 {
  using Element = float;
  static constexpr std::size_t width = 16;
  static void apply(float* lanes) { _mm512_store_ps(lanes, Sleef_expf16_u10avx512f(_mm512_load_ps(lanes))); }
};
struct Exp64 {
  using Element = double;
  static constexpr std::size_t width = 8;
  static void apply(double* lanes) { _mm512_store_pd(lanes, Sleef_expd8_u10avx512f(_mm512_load_pd(lanes))); }
};
#elif defined(__AVX2__)
struct Exp32 {
  using Element = float;
  static constexpr std::size_t width = 8;
  static void apply(float* lanes) { _mm256_store_ps(lanes, Sleef_expf8_u10avx2(_mm256_load_ps(lanes))); }
};
struct Exp64 {
  using Element = double;
  static constexpr std::size_t width = 4;
  static void apply(double* lanes) { _mm256_store_pd(lanes, Sleef_expd4_u10avx2(_mm256_load_pd(lanes))); }
};
#else
struct Exp32 {
  using Element = float;
  static constexpr std::size_t width = 4;
  static void apply(float* lanes) { _mm_store_ps(lanes, Sleef_expf4_u10sse2(_mm_load_ps(lanes))); }
};
struct Exp64 {
  using Element = double;
  static constexpr std::size_t width = 2;
  static void apply(double* lanes) { _mm_store_pd(lanes, Sleef_expd2_u10sse2(_mm_load_pd(lanes))); }
};
#endif

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static const std::string version = std::to_string(SLEEF_VERSION_MAJOR) + "." + std::to_string(SLEEF_VERSION_MINOR) + "." +
                                     std::to_string(SLEEF_VERSION_PATCHLEVEL);
  return adapter::softmax_plugin_with<Exp32, Exp64>("exp of SLEEF", version.c_str());
}
