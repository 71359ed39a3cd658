// /// script
// apt = ["darknet"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} -DPACKAGE_VERSION="\"$(dpkg-query -W darknet | cut -f2)\"" {source} -o {output} -ldl'
// [tool.softmax-audit]
// library = "darknet"
// calls = "softmax_cpu, activate_array (LOGISTIC)"
// [[tool.softmax-audit.variant]]
// name = "darknet"
// ///
#include "plugin.hpp"

#include <dlfcn.h>

#include <stdexcept>

namespace {

// The package ships no headers.
void (*softmax_cpu)(float* x, int n, int batches, int batch_offset, int groups, int group_offset, int stride, float temperature,
                    float* y) = nullptr;
void (*activate_array)(float* x, int n, int activation) = nullptr;
constexpr int logistic = 0;

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  if (format_of_x != SOFTMAX_AUDIT_F32 || format_of_y != SOFTMAX_AUDIT_F32) return SOFTMAX_AUDIT_NOT_OFFERED;
  if (operation == SOFTMAX_AUDIT_SOFTMAX) return SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_AXIS | SOFTMAX_AUDIT_IN_PLACE;
  return operation == SOFTMAX_AUDIT_SIGMOID ? SOFTMAX_AUDIT_IN_PLACE : SOFTMAX_AUDIT_NOT_OFFERED;
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] {
    float *x = static_cast<float*>(const_cast<void*>(call->x)), *y = static_cast<float*>(call->y);
    const auto rows = static_cast<int>(call->rows), cols = static_cast<int>(call->cols);
    if (call->operation == SOFTMAX_AUDIT_SIGMOID) {
      if (x != y) std::memcpy(y, x, call->rows * call->cols * sizeof *x); // the function exists in place only
      return activate_array(y, rows * cols, logistic);
    }
    if (call->x_row != call->y_row || call->x_col != call->y_col)
      throw std::runtime_error("darknet has one stride for its input and its output");
    softmax_cpu(x, cols, rows, static_cast<int>(call->x_row), 1, 0, static_cast<int>(call->x_col), 1, y);
  });
}

template <class Function> bool find(void* library, Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static const softmax_audit_plugin plugin{sizeof plugin, "darknet", PACKAGE_VERSION, adapter::instruction_set(), offers, run};
  void* library = dlopen("/usr/lib/darknet/libdarknet.so", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return adapter::cannot_serve(dlerror());
  if (!find(library, softmax_cpu, "softmax_cpu") || !find(library, activate_array, "activate_array"))
    return adapter::cannot_serve("libdarknet.so has no softmax_cpu or no activate_array");
  return &plugin;
}
