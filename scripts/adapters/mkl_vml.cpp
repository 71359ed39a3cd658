// /// script
// pypi = ["mkl==2026.2.0"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} -DMKL_FOLDER="\"{packages}/mkl/mkl-2026.2.0.data/data/lib\"" {source} -o {output} -ldl'
// [tool.softmax-audit]
// library = "MKL VML"
// calls = "vmsExp, vmdExp"
// [[tool.softmax-audit.variant]]
// name = "mkl vml HA avx2"
// instruction_set = "avx2"
// environment = { MKL_ENABLE_INSTRUCTIONS = "AVX2", MKL_THREADING_LAYER = "SEQUENTIAL", VML_ACCURACY = "HA" }
// claim = "exp=1,accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "mkl vml LA avx2"
// instruction_set = "avx2"
// environment = { MKL_ENABLE_INSTRUCTIONS = "AVX2", MKL_THREADING_LAYER = "SEQUENTIAL", VML_ACCURACY = "LA" }
// claim = "exp=4,accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "mkl vml EP avx2"
// instruction_set = "avx2"
// environment = { MKL_ENABLE_INSTRUCTIONS = "AVX2", MKL_THREADING_LAYER = "SEQUENTIAL", VML_ACCURACY = "EP" }
// [[tool.softmax-audit.variant]]
// name = "mkl vml HA avx512"
// instruction_set = "avx512"
// environment = { MKL_ENABLE_INSTRUCTIONS = "AVX512", MKL_THREADING_LAYER = "SEQUENTIAL", VML_ACCURACY = "HA" }
// claim = "exp=1,accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "mkl vml LA avx512"
// instruction_set = "avx512"
// environment = { MKL_ENABLE_INSTRUCTIONS = "AVX512", MKL_THREADING_LAYER = "SEQUENTIAL", VML_ACCURACY = "LA" }
// claim = "exp=4,accumulator=f64"
// [[tool.softmax-audit.variant]]
// name = "mkl vml EP avx512"
// instruction_set = "avx512"
// environment = { MKL_ENABLE_INSTRUCTIONS = "AVX512", MKL_THREADING_LAYER = "SEQUENTIAL", VML_ACCURACY = "EP" }
// ///
#include "plugin.hpp"

#include <dlfcn.h>

namespace {

// The package ships no headers. A mode is an accuracy and how subnormals are treated; these are gradual.
constexpr long long low_accuracy = 1, high_accuracy = 2, enhanced_performance = 3, gradual_subnormals = 0x140000;
void (*vmsExp)(int n, const float* x, float* y, long long mode) = nullptr;
void (*vmdExp)(int n, const double* x, double* y, long long mode) = nullptr;
void (*mkl_get_version_string)(char* text, int size) = nullptr;
long long mode = 0;

template <class T> void rows_of(const softmax_audit_call& call, void (*exponential)(int, const T*, T*, long long)) {
  for (std::size_t row = 0; row < call.rows; ++row)
    adapter::softmax_with(adapter::row_of_x<T>(call, row), adapter::row_of_y<T>(call, row), call.cols,
                          [exponential](T* y, std::size_t n) { exponential(static_cast<int>(n), y, y, mode); });
}

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  return operation == SOFTMAX_AUDIT_SOFTMAX && format_of_x == format_of_y &&
                 (format_of_x == SOFTMAX_AUDIT_F32 || format_of_x == SOFTMAX_AUDIT_F64)
             ? SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_IN_PLACE
             : SOFTMAX_AUDIT_NOT_OFFERED;
}

int run(const softmax_audit_call* call) {
  if (call->format_of_x == SOFTMAX_AUDIT_F32)
    rows_of<float>(*call, vmsExp);
  else
    rows_of<double>(*call, vmdExp);
  return SOFTMAX_AUDIT_DONE;
}

template <class Function> bool find(void* library, Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  const char* accuracy = std::getenv("VML_ACCURACY");
  const std::string wanted = accuracy != nullptr ? accuracy : "HA";
  if (wanted != "HA" && wanted != "LA" && wanted != "EP")
    return adapter::cannot_serve("VML_ACCURACY is " + wanted + ", and has to be HA, LA or EP");
  mode = gradual_subnormals | (wanted == "HA" ? high_accuracy : wanted == "LA" ? low_accuracy : enhanced_performance);
  void* library = dlopen(MKL_FOLDER "/libmkl_rt.so.3", RTLD_NOW | RTLD_GLOBAL); // which loads others, that look into it
  if (library == nullptr) return adapter::cannot_serve(dlerror());
  if (!find(library, vmsExp, "vmsExp") || !find(library, vmdExp, "vmdExp") ||
      !find(library, mkl_get_version_string, "mkl_get_version_string"))
    return adapter::cannot_serve("libmkl_rt.so.3 has no vmsExp");
  char text[200] = {}; // ... Library Version 2026.2-Product Build 20260915 for ...
  mkl_get_version_string(text, sizeof text - 1);
  static std::string version = text;
  if (const auto begin = version.find("Version "); begin != std::string::npos) version.erase(0, begin + 8);
  if (const auto end = version.find(" for "); end != std::string::npos) version.erase(end);
  static const softmax_audit_plugin plugin{
      sizeof plugin, "exp of MKL VML", version.c_str(), adapter::instruction_set(), offers, run};
  return &plugin;
}
