// /// script
// apt = ["libdnnl-dev"]
// pypi = ["onednn-cpu-gomp==2023.2.0", "onednn-devel-cpu-gomp==2023.2.0"]
// build = "c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output} -ldnnl"
// [tool.softmax-audit]
// library = "oneDNN"
// calls = "dnnl::softmax_v2_forward and softmax_v2_backward (2.6), softmax_forward and softmax_backward (3.2), dnnl::eltwise_forward (eltwise_logistic)"
// [[tool.softmax-audit.variant]]
// name = "onednn 2.6 sse41"
// instruction_set = "sse41"
// environment = { DNNL_MAX_CPU_ISA = "SSE41", OMP_NUM_THREADS = "1" }
// [[tool.softmax-audit.variant]]
// name = "onednn 2.6 avx2"
// instruction_set = "avx2"
// environment = { DNNL_MAX_CPU_ISA = "AVX2", OMP_NUM_THREADS = "1" }
// [[tool.softmax-audit.variant]]
// name = "onednn 2.6 avx512"
// instruction_set = "avx512"
// environment = { DNNL_MAX_CPU_ISA = "AVX512_CORE", OMP_NUM_THREADS = "1" }
// [[tool.softmax-audit.variant]]
// name = "onednn 2.6 avx512_bf16"
// instruction_set = "avx512_bf16"
// environment = { DNNL_MAX_CPU_ISA = "AVX512_CORE_BF16", OMP_NUM_THREADS = "1" }
// [[tool.softmax-audit.variant]]
// name = "onednn 3.2 sse41"
// instruction_set = "sse41"
// environment = { ONEDNN_MAX_CPU_ISA = "SSE41", OMP_NUM_THREADS = "1" }
// build = "c++ -std=c++20 -O2 -shared -fPIC -I{include} -I{packages}/onednn-devel-cpu-gomp/onednn_devel_cpu_gomp-2023.2.0.data/data/include {source} -o {output} -L{packages}/onednn-cpu-gomp/onednn_cpu_gomp-2023.2.0.data/data/lib -Wl,-rpath,{packages}/onednn-cpu-gomp/onednn_cpu_gomp-2023.2.0.data/data/lib -ldnnl"
// [[tool.softmax-audit.variant]]
// name = "onednn 3.2 avx2"
// instruction_set = "avx2"
// environment = { ONEDNN_MAX_CPU_ISA = "AVX2", OMP_NUM_THREADS = "1" }
// build = "c++ -std=c++20 -O2 -shared -fPIC -I{include} -I{packages}/onednn-devel-cpu-gomp/onednn_devel_cpu_gomp-2023.2.0.data/data/include {source} -o {output} -L{packages}/onednn-cpu-gomp/onednn_cpu_gomp-2023.2.0.data/data/lib -Wl,-rpath,{packages}/onednn-cpu-gomp/onednn_cpu_gomp-2023.2.0.data/data/lib -ldnnl"
// [[tool.softmax-audit.variant]]
// name = "onednn 3.2 avx512"
// instruction_set = "avx512"
// environment = { ONEDNN_MAX_CPU_ISA = "AVX512_CORE", OMP_NUM_THREADS = "1" }
// build = "c++ -std=c++20 -O2 -shared -fPIC -I{include} -I{packages}/onednn-devel-cpu-gomp/onednn_devel_cpu_gomp-2023.2.0.data/data/include {source} -o {output} -L{packages}/onednn-cpu-gomp/onednn_cpu_gomp-2023.2.0.data/data/lib -Wl,-rpath,{packages}/onednn-cpu-gomp/onednn_cpu_gomp-2023.2.0.data/data/lib -ldnnl"
// [[tool.softmax-audit.variant]]
// name = "onednn 3.2 avx512_fp16"
// instruction_set = "avx512_fp16"
// environment = { ONEDNN_MAX_CPU_ISA = "AVX512_CORE_FP16", OMP_NUM_THREADS = "1" }
// build = "c++ -std=c++20 -O2 -shared -fPIC -I{include} -I{packages}/onednn-devel-cpu-gomp/onednn_devel_cpu_gomp-2023.2.0.data/data/include {source} -o {output} -L{packages}/onednn-cpu-gomp/onednn_cpu_gomp-2023.2.0.data/data/lib -Wl,-rpath,{packages}/onednn-cpu-gomp/onednn_cpu_gomp-2023.2.0.data/data/lib -ldnnl"
// ///
#include "plugin.hpp"

#include <oneapi/dnnl/dnnl.hpp>

#include <array>

namespace {

using dnnl::memory;

dnnl::engine& engine() {
  static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

memory::data_type data_type(std::uint32_t format) {
  switch (format) {
    case SOFTMAX_AUDIT_F16: return memory::data_type::f16;
    case SOFTMAX_AUDIT_BF16: return memory::data_type::bf16;
    case SOFTMAX_AUDIT_F32: return memory::data_type::f32;
    default: return memory::data_type::undef; // no binary64 softmax
  }
}

struct Prepared {
  memory::desc x, y;
  dnnl::primitive primitive;
};

// Operation, formats, rows, cols and the four strides.
using Question = std::array<std::int64_t, 9>;

Prepared prepare(const Question& question) {
  const auto& [operation, format_of_x, format_of_y, rows, cols, x_row, x_col, y_row, y_col] = question;
  const auto type_of_x = data_type(static_cast<std::uint32_t>(format_of_x));
  const auto type_of_y = data_type(static_cast<std::uint32_t>(format_of_y));
  const memory::desc x({rows, cols}, type_of_x, {x_row, x_col}), y({rows, cols}, type_of_y, {y_row, y_col});
  const auto inference = dnnl::prop_kind::forward_inference;
  const auto algorithm =
      operation == SOFTMAX_AUDIT_LOG_SOFTMAX ? dnnl::algorithm::softmax_log : dnnl::algorithm::softmax_accurate;
#if DNNL_VERSION_MAJOR >= 3
  if (operation == SOFTMAX_AUDIT_SIGMOID)
    return {x, y,
            dnnl::eltwise_forward(
                dnnl::eltwise_forward::primitive_desc(engine(), inference, dnnl::algorithm::eltwise_logistic, x, y, 0.f, 0.f))};
  const dnnl::softmax_forward::primitive_desc forward(engine(), inference, algorithm, x, y, 1);
  if (operation == SOFTMAX_AUDIT_SOFTMAX_BACKWARD_FROM_OUTPUT)
    return {x, y, dnnl::softmax_backward(dnnl::softmax_backward::primitive_desc(engine(), algorithm, y, x, x, 1, forward))};
  return {x, y, dnnl::softmax_forward(forward)};
#else
  if (operation == SOFTMAX_AUDIT_SIGMOID)
    return {x, y,
            dnnl::eltwise_forward(dnnl::eltwise_forward::primitive_desc(
                dnnl::eltwise_forward::desc(inference, dnnl::algorithm::eltwise_logistic, x, 0.f, 0.f), engine()))};
  const dnnl::softmax_v2_forward::primitive_desc forward(dnnl::softmax_v2_forward::desc(inference, algorithm, x, y, 1),
                                                         engine());
  if (operation == SOFTMAX_AUDIT_SOFTMAX_BACKWARD_FROM_OUTPUT)
    return {x, y,
            dnnl::softmax_v2_backward(dnnl::softmax_v2_backward::primitive_desc(
                dnnl::softmax_v2_backward::desc(algorithm, y, x, x, 1), engine(), forward))};
  return {x, y, dnnl::softmax_v2_forward(forward)};
#endif
}

// The library knows what it has for this processor only when it is asked for a primitive.
int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  const bool forward = operation == SOFTMAX_AUDIT_SOFTMAX || operation == SOFTMAX_AUDIT_LOG_SOFTMAX;
  if (!forward && operation != SOFTMAX_AUDIT_SOFTMAX_BACKWARD_FROM_OUTPUT && operation != SOFTMAX_AUDIT_SIGMOID)
    return SOFTMAX_AUDIT_NOT_OFFERED;
  if (!forward && format_of_x != format_of_y) return SOFTMAX_AUDIT_NOT_OFFERED;
  try {
    prepare({operation, format_of_x, format_of_y, 2, 8, 8, 1, 8, 1});
  } catch (const dnnl::error&) {
    return SOFTMAX_AUDIT_NOT_OFFERED;
  }
  if (operation == SOFTMAX_AUDIT_SIGMOID) return SOFTMAX_AUDIT_IN_PLACE; // one memory descriptor for both in 2.6
  const int layouts = SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_AXIS;
  return forward && format_of_x == format_of_y ? layouts | SOFTMAX_AUDIT_IN_PLACE : layouts;
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] {
    static adapter::Prepared<Question, Prepared> all;
    static dnnl::stream stream(engine());
    const Question question{call->operation,
                            call->format_of_x,
                            call->format_of_y,
                            static_cast<std::int64_t>(call->rows),
                            static_cast<std::int64_t>(call->cols),
                            call->x_row,
                            call->x_col,
                            call->y_row,
                            call->y_col};
    const Prepared& prepared = all.get(question, [&] { return prepare(question); });
    const memory x(prepared.x, engine(), const_cast<void*>(call->x)), y(prepared.y, engine(), call->y);
    if (call->operation == SOFTMAX_AUDIT_SOFTMAX_BACKWARD_FROM_OUTPUT)
      prepared.primitive.execute(stream, {{DNNL_ARG_DST, x},
                                          {DNNL_ARG_DIFF_DST, memory(prepared.x, engine(), const_cast<void*>(call->dy))},
                                          {DNNL_ARG_DIFF_SRC, y}});
    else
      prepared.primitive.execute(stream, {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}});
    stream.wait();
  });
}

// What the library settled on: less than the environment variable asks for where the processor has less.
const char* effective_instruction_set() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41: return "sse41";
    case dnnl::cpu_isa::avx: return "avx";
    case dnnl::cpu_isa::avx2: return "avx2";
    case dnnl::cpu_isa::avx512_core: return "avx512";
    case dnnl::cpu_isa::avx512_core_bf16: return "avx512_bf16";
#if DNNL_VERSION_MAJOR >= 3
    case dnnl::cpu_isa::avx512_core_fp16: return "avx512_fp16";
#endif
    default: return nullptr;
  }
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static std::string version;
  static softmax_audit_plugin plugin{sizeof plugin, "oneDNN", nullptr, effective_instruction_set(), offers, run};
  try {
    const dnnl_version_t* library = dnnl::version();
    version = std::to_string(library->major) + "." + std::to_string(library->minor) + "." + std::to_string(library->patch);
    plugin.version = version.c_str();
    engine();
    if (const char* asked = adapter::instruction_set())
      if (plugin.instruction_set == nullptr || std::strcmp(asked, plugin.instruction_set) != 0)
        return adapter::cannot_serve(std::string("oneDNN does not use ") + asked + " here, but " +
                                     (plugin.instruction_set != nullptr ? plugin.instruction_set : "another instruction set"));
  } catch (const std::exception& exception) {
    return adapter::cannot_serve(std::string("oneDNN has no CPU engine here: ") + exception.what());
  }
  return &plugin;
}
