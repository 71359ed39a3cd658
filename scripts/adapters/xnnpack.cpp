// /// script
// apt = ["libxnnpack-dev", "libpthreadpool-dev", "libcpuinfo-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} -DPACKAGE_VERSION="\"$(dpkg-query -W libxnnpack-dev | cut -f2)\"" {source} -o {output} -lXNNPACK -lpthreadpool -lcpuinfo'
// [tool.softmax-audit]
// library = "XNNPACK"
// calls = "xnn_create_softmax_nc_f32, xnn_create_sigmoid_nc_f32"
// [[tool.softmax-audit.variant]]
// name = "xnnpack"
// [[tool.softmax-audit.variant]]
// name = "xnnpack unpadded"
// build = 'c++ -std=c++20 -O2 -DUNPADDED -shared -fPIC -I{include} -DPACKAGE_VERSION="\"$(dpkg-query -W libxnnpack-dev | cut -f2)\"" {source} -o {output} -lXNNPACK -lpthreadpool -lcpuinfo'
// ///
#include "plugin.hpp"

#include <xnnpack.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <vector>

namespace {

using Operator = std::unique_ptr<xnn_operator, decltype(&xnn_delete_operator)>;

// Operation, cols and the two row strides: an operator is made for these, and set up for rows and pointers.
using Question = std::array<std::size_t, 4>;

void require(xnn_status status, const char* what) {
  if (status != xnn_status_success) throw std::runtime_error(std::string(what) + ": status " + std::to_string(status));
}

Operator create(const Question& question) {
  const auto [operation, cols, x_row, y_row] = question;
  xnn_operator_t created = nullptr;
  require(operation == SOFTMAX_AUDIT_SIGMOID ? xnn_create_sigmoid_nc_f32(cols, x_row, y_row, 0, &created)
                                             : xnn_create_softmax_nc_f32(cols, x_row, y_row, 0, &created),
          "create");
  return {created, &xnn_delete_operator};
}

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  if (format_of_x != SOFTMAX_AUDIT_F32 || format_of_y != SOFTMAX_AUDIT_F32) return SOFTMAX_AUDIT_NOT_OFFERED;
#ifdef UNPADDED
  constexpr int layouts = SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_IN_PLACE;
#else
  // Not in place: the padding would have to stand behind the caller's own row.
  constexpr int layouts = SOFTMAX_AUDIT_ROW_STRIDE;
#endif
  return operation == SOFTMAX_AUDIT_SOFTMAX || operation == SOFTMAX_AUDIT_SIGMOID ? layouts : SOFTMAX_AUDIT_NOT_OFFERED;
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] {
    if (call->rows == 0) return;
    static adapter::Prepared<Question, Operator> all;
    const Question question{call->operation, call->cols, static_cast<std::size_t>(call->x_row),
                            static_cast<std::size_t>(call->y_row)};
    const xnn_operator_t op = all.get(question, [&] { return create(question); }).get();
#ifdef UNPADDED
    const float* x = static_cast<const float*>(call->x);
#else
    // xnnpack.h reserves the right to read XNN_EXTRA_BYTES behind the input, and uses it. The copy honours that, and hides
    // from the program whatever is read further: that is what the other variant is for.
    static std::vector<float> padded;
    const std::size_t span = (call->rows - 1) * question[2] + call->cols;
    padded.resize(span + XNN_EXTRA_BYTES / sizeof(float));
    std::memcpy(padded.data(), call->x, span * sizeof(float));
    const float* x = padded.data();
#endif
    float* y = static_cast<float*>(call->y);
    require(call->operation == SOFTMAX_AUDIT_SIGMOID ? xnn_setup_sigmoid_nc_f32(op, call->rows, x, y, nullptr)
                                                     : xnn_setup_softmax_nc_f32(op, call->rows, x, y, nullptr),
            "setup");
    require(xnn_run_operator(op, nullptr), "run");
  });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  // The library does not tell its version; the package's bears the day of the sources.
  static const softmax_audit_plugin plugin{sizeof plugin, "XNNPACK", PACKAGE_VERSION, adapter::instruction_set(), offers, run};
  if (xnn_initialize(nullptr) != xnn_status_success) return adapter::cannot_serve("XNNPACK does not support this processor");
  return &plugin;
}
