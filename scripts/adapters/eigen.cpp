// /// script
// apt = ["libeigen3-dev"]
// build = "c++ -std=c++20 -O2 -msse2 -shared -fPIC -isystem /usr/include/eigen3 -I{include} {source} -o {output}"
// [tool.softmax-audit]
// library = "Eigen"
// calls = "b = (a - a.maxCoeff()).exp(); b /= b.sum(); a.logistic()"
// [[tool.softmax-audit.variant]]
// name = "eigen sse2"
// instruction_set = "sse2"
// [[tool.softmax-audit.variant]]
// name = "eigen avx2"
// instruction_set = "avx2"
// build = "c++ -std=c++20 -O2 -mavx2 -mfma -mf16c -shared -fPIC -isystem /usr/include/eigen3 -I{include} {source} -o {output}"
// [[tool.softmax-audit.variant]]
// name = "eigen avx512"
// instruction_set = "avx512"
// build = "c++ -std=c++20 -O2 -mavx512f -mavx512dq -mavx2 -mfma -mf16c -shared -fPIC -isystem /usr/include/eigen3 -I{include} {source} -o {output}"
// [[tool.softmax-audit.variant]]
// name = "eigen half sse2"
// instruction_set = "sse2"
// build = "c++ -std=c++20 -O2 -msse2 -DSCALAR_F16 -shared -fPIC -isystem /usr/include/eigen3 -I{include} {source} -o {output}"
// claim = "arithmetic=f16"
// [[tool.softmax-audit.variant]]
// name = "eigen half avx2"
// instruction_set = "avx2"
// build = "c++ -std=c++20 -O2 -mavx2 -mfma -mf16c -DSCALAR_F16 -shared -fPIC -isystem /usr/include/eigen3 -I{include} {source} -o {output}"
// claim = "arithmetic=f16"
// [[tool.softmax-audit.variant]]
// name = "eigen half avx512"
// instruction_set = "avx512"
// build = "c++ -std=c++20 -O2 -mavx512f -mavx512dq -mavx2 -mfma -mf16c -DSCALAR_F16 -shared -fPIC -isystem /usr/include/eigen3 -I{include} {source} -o {output}"
// claim = "arithmetic=f16"
// [[tool.softmax-audit.variant]]
// name = "eigen bfloat16 sse2"
// instruction_set = "sse2"
// build = "c++ -std=c++20 -O2 -msse2 -DSCALAR_BF16 -shared -fPIC -isystem /usr/include/eigen3 -I{include} {source} -o {output}"
// claim = "arithmetic=bf16"
// [[tool.softmax-audit.variant]]
// name = "eigen bfloat16 avx2"
// instruction_set = "avx2"
// build = "c++ -std=c++20 -O2 -mavx2 -mfma -mf16c -DSCALAR_BF16 -shared -fPIC -isystem /usr/include/eigen3 -I{include} {source} -o {output}"
// claim = "arithmetic=bf16"
// [[tool.softmax-audit.variant]]
// name = "eigen bfloat16 avx512"
// instruction_set = "avx512"
// build = "c++ -std=c++20 -O2 -mavx512f -mavx512dq -mavx2 -mfma -mf16c -DSCALAR_BF16 -shared -fPIC -isystem /usr/include/eigen3 -I{include} {source} -o {output}"
// claim = "arithmetic=bf16"
// ///
#include "plugin.hpp"

#include <Eigen/Core>

namespace {

template <class T> void softmax_rows(const softmax_audit_call& call) {
  using Array = Eigen::Array<T, Eigen::Dynamic, 1>;
  const auto cols = static_cast<Eigen::Index>(call.cols);
  for (std::size_t row = 0; row < call.rows; ++row) {
    const Eigen::Map<const Array> a(adapter::row_of_x<T>(call, row), cols);
    if (call.operation == SOFTMAX_AUDIT_LOG_SUM_EXP) {
      const T maximum = a.maxCoeff();
      *adapter::row_of_y<T>(call, row) = maximum + Eigen::numext::log((a - maximum).exp().sum());
      continue;
    }
    Eigen::Map<Array> b(adapter::row_of_y<T>(call, row), cols);
    if (call.operation == SOFTMAX_AUDIT_SOFTMAX) {
      b = (a - a.maxCoeff()).exp();
      b /= b.sum();
    } else if (call.operation == SOFTMAX_AUDIT_LOG_SOFTMAX) {
      b = a - a.maxCoeff();
      b -= Eigen::numext::log(b.exp().sum());
    } else {
      b = a.logistic();
    }
  }
}

// One scalar type of 16 bits a build, because its arithmetic is claimed by another class.
bool has(std::uint32_t format) {
#if defined(SCALAR_F16)
  return format == SOFTMAX_AUDIT_F16;
#elif defined(SCALAR_BF16)
  return format == SOFTMAX_AUDIT_BF16;
#else
  return format == SOFTMAX_AUDIT_F32 || format == SOFTMAX_AUDIT_F64;
#endif
}

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  if (format_of_x != format_of_y || !has(format_of_x)) return SOFTMAX_AUDIT_NOT_OFFERED;
  switch (operation) {
    case SOFTMAX_AUDIT_SOFTMAX:
    case SOFTMAX_AUDIT_LOG_SOFTMAX:
    case SOFTMAX_AUDIT_SIGMOID: return SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_IN_PLACE | SOFTMAX_AUDIT_THREADS;
    case SOFTMAX_AUDIT_LOG_SUM_EXP: return SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_THREADS;
    default: return SOFTMAX_AUDIT_NOT_OFFERED;
  }
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] {
#if defined(SCALAR_F16)
    softmax_rows<Eigen::half>(*call);
#elif defined(SCALAR_BF16)
    softmax_rows<Eigen::bfloat16>(*call);
#else
    if (call->format_of_x == SOFTMAX_AUDIT_F32)
      softmax_rows<float>(*call);
    else
      softmax_rows<double>(*call);
#endif
  });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  if (const char* missing = adapter::missing_instruction_set())
    return adapter::cannot_serve(std::string("this build of Eigen needs ") + missing);
  static const std::string version = std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
                                     std::to_string(EIGEN_MINOR_VERSION);
  static const softmax_audit_plugin plugin{sizeof plugin, "Eigen", version.c_str(), adapter::instruction_set(), offers, run};
  return &plugin;
}
