// /// script
// apt = ["libvolk2-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output} -lvolk'
// [tool.softmax-audit]
// library = "VOLK"
// calls = "volk_32f_exp_32f, volk_32f_expfast_32f"
// [[tool.softmax-audit.variant]]
// name = "volk exp generic"
// instruction_set = "generic"
// claim = "accumulator=f64"
// environment = { VOLK_FUNCTION = "exp", VOLK_KERNEL = "u_generic" }
// [[tool.softmax-audit.variant]]
// name = "volk exp sse2"
// instruction_set = "sse2"
// claim = "accumulator=f64"
// environment = { VOLK_FUNCTION = "exp", VOLK_KERNEL = "u_sse2" }
// [[tool.softmax-audit.variant]]
// name = "volk expfast generic"
// instruction_set = "generic"
// claim = "accumulator=f64"
// environment = { VOLK_FUNCTION = "expfast", VOLK_KERNEL = "generic" }
// [[tool.softmax-audit.variant]]
// name = "volk expfast sse4.1"
// instruction_set = "sse4.1"
// claim = "accumulator=f64"
// environment = { VOLK_FUNCTION = "expfast", VOLK_KERNEL = "u_sse4_1" }
// [[tool.softmax-audit.variant]]
// name = "volk expfast fma"
// instruction_set = "fma"
// claim = "accumulator=f64"
// environment = { VOLK_FUNCTION = "expfast", VOLK_KERNEL = "u_avx_fma" }
// ///
#include "plugin.hpp"

#include <volk/volk.h>
#include <volk/volk_version.h>

namespace {

// VOLK_KERNEL: one of those that volk_32f_exp_32f_get_func_desc() names; what VOLK would choose depends on a profile.
using Exponential = void (*)(float*, const float*, unsigned, const char*);
Exponential exponential = nullptr;
const char* kernel = nullptr;

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  return operation == SOFTMAX_AUDIT_SOFTMAX && format_of_x == SOFTMAX_AUDIT_F32 && format_of_y == SOFTMAX_AUDIT_F32
             ? SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_IN_PLACE
             : SOFTMAX_AUDIT_NOT_OFFERED;
}

int run(const softmax_audit_call* call) {
  for (std::size_t row = 0; row < call->rows; ++row)
    adapter::softmax_with(adapter::row_of_x<float>(*call, row), adapter::row_of_y<float>(*call, row), call->cols,
                          [](float* y, std::size_t n) { exponential(y, y, static_cast<unsigned>(n), kernel); });
  return SOFTMAX_AUDIT_DONE;
}

bool has(const volk_func_desc_t& description, const char* name) {
  for (std::size_t i = 0; i < description.n_impls; ++i)
    if (std::strcmp(description.impl_names[i], name) == 0) return true;
  return false;
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static const std::string version =
      std::to_string(VOLK_VERSION_MAJOR) + "." + std::to_string(VOLK_VERSION_MINOR) + "." + std::to_string(VOLK_VERSION_MAINT);
  static softmax_audit_plugin plugin{sizeof plugin, nullptr, nullptr, adapter::instruction_set(), offers, run};
  const char* function = std::getenv("VOLK_FUNCTION");
  kernel = std::getenv("VOLK_KERNEL");
  if (function == nullptr || kernel == nullptr)
    return adapter::cannot_serve("VOLK_FUNCTION (exp or expfast) and VOLK_KERNEL (generic, u_sse2 ...) are to be set");
  const bool fast = std::strcmp(function, "expfast") == 0;
  if (!has(fast ? volk_32f_expfast_32f_get_func_desc() : volk_32f_exp_32f_get_func_desc(), kernel))
    return adapter::cannot_serve(std::string("VOLK has no kernel ") + kernel + " of this function for this processor");
  exponential = fast ? volk_32f_expfast_32f_manual : volk_32f_exp_32f_manual;
  plugin.name = fast ? "expfast of VOLK" : "exp of VOLK";
  plugin.version = version.c_str();
  return &plugin;
}
