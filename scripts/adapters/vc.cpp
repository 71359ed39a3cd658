// /// script
// apt = ["vc-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output} -lVc'
// [tool.softmax-audit]
// library = "Vc"
// calls = "Vc::exp"
// [[tool.softmax-audit.variant]]
// name = "vc sse2"
// instruction_set = "sse2"
// claim = "accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "vc avx2"
// instruction_set = "avx2"
// build = 'c++ -std=c++20 -O2 -mavx2 -mfma -shared -fPIC -I{include} {source} -o {output} -lVc'
// claim = "accumulator=f64"
// ///
#include "plugin.hpp"

#include <Vc/Vc>

namespace {

template <class T> struct Exp {
  using Element = T;
  using Vector = Vc::Vector<T>;
  static constexpr std::size_t width = Vector::Size;
  static void apply(T* lanes) { Vc::exp(Vector(lanes, Vc::Aligned)).store(lanes, Vc::Aligned); }
};

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  return adapter::softmax_plugin_with<Exp<float>, Exp<double>>("exp of Vc", Vc_VERSION_STRING);
}
