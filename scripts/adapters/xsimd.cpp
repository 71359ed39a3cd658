// /// script
// apt = ["libxsimd-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output}'
// [tool.softmax-audit]
// library = "xsimd"
// calls = "xsimd::exp"
// [[tool.softmax-audit.variant]]
// name = "xsimd sse2"
// instruction_set = "sse2"
// claim = "accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "xsimd avx2"
// instruction_set = "avx2"
// build = 'c++ -std=c++20 -O2 -mavx2 -mfma -shared -fPIC -I{include} {source} -o {output}'
// claim = "accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "xsimd avx512"
// instruction_set = "avx512"
// build = 'c++ -std=c++20 -O2 -march=skylake-avx512 -shared -fPIC -I{include} {source} -o {output}'
// claim = "accumulator=f64"
// ///
#include "plugin.hpp"

#include <xsimd/xsimd.hpp>

namespace {

template <class T> struct Exp {
  using Element = T;
  using Batch = xsimd::batch<T>;
  static constexpr std::size_t width = Batch::size;
  static void apply(T* lanes) { xsimd::exp(Batch::load_aligned(lanes)).store_aligned(lanes); }
};

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static const std::string version = std::to_string(XSIMD_VERSION_MAJOR) + "." + std::to_string(XSIMD_VERSION_MINOR) + "." +
                                     std::to_string(XSIMD_VERSION_PATCH);
  return adapter::softmax_plugin_with<Exp<float>, Exp<double>>("exp of xsimd", version.c_str());
}
