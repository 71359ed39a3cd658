// /// script
// apt = ["libhwy-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output} -lhwy'
// [tool.softmax-audit]
// library = "Highway"
// calls = "hwy::HWY_NAMESPACE::Exp"
// [[tool.softmax-audit.variant]]
// name = "highway sse2"
// instruction_set = "sse2"
// claim = "exp=1,accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "highway avx2"
// instruction_set = "avx2"
// build = 'c++ -std=c++20 -O2 -march=haswell -shared -fPIC -I{include} {source} -o {output} -lhwy'
// claim = "exp=1,accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "highway avx512"
// instruction_set = "avx512"
// build = 'c++ -std=c++20 -O2 -march=skylake-avx512 -shared -fPIC -I{include} {source} -o {output} -lhwy'
// claim = "exp=1,accumulator=f64"
// ///
#include "plugin.hpp"

#define HWY_COMPILE_ONLY_STATIC
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>

namespace {

namespace highway = hwy::HWY_NAMESPACE;

// Documented: within 1 ulp.
template <class T> struct Exp {
  using Element = T;
  static constexpr highway::ScalableTag<T> lanes_of{};
  static constexpr std::size_t width = highway::MaxLanes(lanes_of);
  static void apply(T* lanes) { highway::Store(highway::Exp(lanes_of, highway::Load(lanes_of, lanes)), lanes_of, lanes); }
};

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static const std::string version =
      std::to_string(HWY_MAJOR) + "." + std::to_string(HWY_MINOR) + "." + std::to_string(HWY_PATCH);
  return adapter::softmax_plugin_with<Exp<float>, Exp<double>>("exp of Highway", version.c_str());
}
