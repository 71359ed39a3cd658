// /// script
// apt = ["libdlib-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output} -ldlib -lblas -llapack'
// [tool.softmax-audit]
// library = "dlib"
// calls = "dlib::cpu::softmax, dlib::cpu::softmax_gradient, dlib::cpu::sigmoid"
// [[tool.softmax-audit.variant]]
// name = "dlib"
// ///
#include "plugin.hpp"

#include <dlib/dnn.h>
#include <dlib/revision.h>

namespace {

// A tensor owns its memory: everything goes through copies, and what is read or written outside is not to be seen.
void load(dlib::resizable_tensor& tensor, const void* data, std::size_t rows, std::size_t cols) {
  tensor.set_size(static_cast<long>(rows), static_cast<long>(cols), 1, 1);
  std::memcpy(tensor.host_write_only(), data, rows * cols * sizeof(float));
}

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  if (format_of_x != SOFTMAX_AUDIT_F32 || format_of_y != SOFTMAX_AUDIT_F32) return SOFTMAX_AUDIT_NOT_OFFERED;
  return operation == SOFTMAX_AUDIT_SOFTMAX || operation == SOFTMAX_AUDIT_SIGMOID ||
                 operation == SOFTMAX_AUDIT_SOFTMAX_BACKWARD_FROM_OUTPUT
             ? 0
             : SOFTMAX_AUDIT_NOT_OFFERED;
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] {
    static dlib::resizable_tensor x, dy, y;
    load(x, call->x, call->rows, call->cols);
    y.copy_size(x);
    if (call->operation == SOFTMAX_AUDIT_SOFTMAX) {
      dlib::cpu::softmax(y, x);
    } else if (call->operation == SOFTMAX_AUDIT_SIGMOID) {
      dlib::cpu::sigmoid(y, x);
    } else {
      load(dy, call->dy, call->rows, call->cols);
      y = 0; // the gradient is added to what is there
      dlib::cpu::softmax_gradient(y, x, dy);
    }
    std::memcpy(call->y, y.host(), call->rows * call->cols * sizeof(float));
  });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static const std::string version = std::to_string(DLIB_MAJOR_VERSION) + "." + std::to_string(DLIB_MINOR_VERSION);
  static const softmax_audit_plugin plugin{sizeof plugin, "dlib", version.c_str(), adapter::instruction_set(), offers, run};
  return &plugin;
}
