// /// script
// npm = ["@node-llama-cpp/linux-x64@3.22.1"]
// build = "c++ -std=c++20 -O2 -shared -fPIC -I{include} -DGGML_FOLDER='\"{packages}/@node-llama-cpp/linux-x64/package/bins/linux-x64\"' {source} -o {output} -ldl"
// [tool.softmax-audit]
// library = "ggml"
// calls = "ggml_soft_max_ext, ggml_soft_max_ext_back, ggml_cross_entropy_loss, ggml_sigmoid"
// [[tool.softmax-audit.variant]]
// name = "ggml x64"
// instruction_set = "x64"
// environment = { GGML_PROCESSOR = "x64" }
// [[tool.softmax-audit.variant]]
// name = "ggml sse42"
// instruction_set = "sse42"
// environment = { GGML_PROCESSOR = "sse42" }
// [[tool.softmax-audit.variant]]
// name = "ggml sandybridge"
// instruction_set = "sandybridge"
// environment = { GGML_PROCESSOR = "sandybridge" }
// [[tool.softmax-audit.variant]]
// name = "ggml haswell"
// instruction_set = "haswell"
// environment = { GGML_PROCESSOR = "haswell" }
// [[tool.softmax-audit.variant]]
// name = "ggml skylakex"
// instruction_set = "skylakex"
// environment = { GGML_PROCESSOR = "skylakex" }
// ///
#include "plugin.hpp"

#include <dlfcn.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <vector>

namespace {

// The package ships no headers: these are the parts of ggml's C interface that are used. Tensors, graphs and contexts are
// only pointed to.
struct Tensor;
struct Graph;
struct Context;
struct ContextParameters {
  std::size_t bytes;
  void* buffer;
  bool without_data;
};
struct Plan { // larger than any version's ggml_cplan, which is returned through memory and begins with these two
  std::size_t work_bytes;
  std::uint8_t* work;
  char rest[240];
};

Context* (*ggml_init)(ContextParameters);
void (*ggml_free)(Context*);
Tensor* (*ggml_new_tensor_2d)(Context*, int type, std::int64_t, std::int64_t);
Tensor* (*ggml_soft_max_ext)(Context*, Tensor* x, Tensor* mask, float scale, float max_bias);
Tensor* (*ggml_soft_max_ext_inplace)(Context*, Tensor* x, Tensor* mask, float scale, float max_bias);
Tensor* (*ggml_soft_max_ext_back)(Context*, Tensor* dy, Tensor* y, float scale, float max_bias);
Tensor* (*ggml_cross_entropy_loss)(Context*, Tensor* x, Tensor* target);
Tensor* (*ggml_sigmoid)(Context*, Tensor* x);
Graph* (*ggml_new_graph)(Context*);
void (*ggml_build_forward_expand)(Graph*, Tensor*);
void* (*ggml_get_data)(const Tensor*);
const char* (*ggml_version)();
void (*ggml_cpu_init)();
int (*ggml_backend_score)();
Plan (*ggml_graph_plan)(const Graph*, int threads, void* pool);
int (*ggml_graph_compute)(Graph*, Plan*);

constexpr int type_f32 = 0;

template <class Function> void find(void* library, Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) throw std::runtime_error(std::string("ggml has no ") + name + ": another version is needed");
}

void load() {
  const char* processor = std::getenv("GGML_PROCESSOR");
  if (processor == nullptr) throw std::runtime_error("GGML_PROCESSOR is not set: x64, sse42, haswell, skylakex ...");
  const auto open = [](const std::string& name, int flags) {
    void* library = dlopen((std::string(GGML_FOLDER) + "/" + name).c_str(), RTLD_NOW | flags);
    if (library == nullptr) throw std::runtime_error(dlerror());
    return library;
  };
  void* base = open("libggml-base.so", RTLD_GLOBAL);
  void* cpu = open(std::string("libggml-cpu-") + processor + ".so", RTLD_LOCAL);
  find(cpu, ggml_backend_score, "ggml_backend_score");
  if (ggml_backend_score() == 0) throw std::runtime_error(std::string("this processor cannot run ggml for ") + processor);
  find(base, ggml_init, "ggml_init");
  find(base, ggml_free, "ggml_free");
  find(base, ggml_new_tensor_2d, "ggml_new_tensor_2d");
  find(base, ggml_soft_max_ext, "ggml_soft_max_ext");
  find(base, ggml_soft_max_ext_inplace, "ggml_soft_max_ext_inplace");
  find(base, ggml_soft_max_ext_back, "ggml_soft_max_ext_back");
  find(base, ggml_cross_entropy_loss, "ggml_cross_entropy_loss");
  find(base, ggml_sigmoid, "ggml_sigmoid");
  find(base, ggml_new_graph, "ggml_new_graph");
  find(base, ggml_build_forward_expand, "ggml_build_forward_expand");
  find(base, ggml_get_data, "ggml_get_data");
  find(base, ggml_version, "ggml_version");
  find(cpu, ggml_cpu_init, "ggml_cpu_init");
  find(cpu, ggml_graph_plan, "ggml_graph_plan");
  find(cpu, ggml_graph_compute, "ggml_graph_compute");
  ggml_cpu_init();
}

// Where a tensor keeps its data pointer: found with a tensor that has data, as there is no function that sets it.
std::size_t offset_of_data() {
  const std::unique_ptr<Context, decltype(ggml_free)> context(ggml_init({1 << 16, nullptr, false}), ggml_free);
  const Tensor* tensor = ggml_new_tensor_2d(context.get(), type_f32, 4, 1);
  void* const data = ggml_get_data(tensor);
  for (std::size_t offset = 0; offset < 512; offset += sizeof(void*))
    if (std::memcmp(reinterpret_cast<const char*>(tensor) + offset, &data, sizeof data) == 0) return offset;
  throw std::runtime_error("ggml's tensors keep their data where it was not found");
}

void set_data(Tensor* tensor, const void* data) {
  static const std::size_t offset = offset_of_data();
  std::memcpy(reinterpret_cast<char*>(tensor) + offset, &data, sizeof data);
}

// Operation, rows, cols, scale's bits, whether there is a mask, whether in place: the graph depends on them.
using Question = std::array<std::uint64_t, 6>;

struct Prepared {
  std::unique_ptr<Context, decltype(ggml_free)> context{nullptr, nullptr};
  Tensor *x = nullptr, *second = nullptr, *y = nullptr;
  Graph* graph = nullptr;
  std::vector<float> target; // one-hot
};

Prepared prepare(const Question& question) {
  const auto [operation, row_count, col_count, scale_bits, has_mask, in_place] = question;
  const auto rows = static_cast<std::int64_t>(row_count), cols = static_cast<std::int64_t>(col_count);
  double scale = 1;
  std::memcpy(&scale, &scale_bits, sizeof scale);
  Prepared made;
  made.context = {ggml_init({1 << 20, nullptr, true}), ggml_free};
  Context* context = made.context.get();
  made.x = ggml_new_tensor_2d(context, type_f32, cols, rows);
  if (operation == SOFTMAX_AUDIT_SOFTMAX) {
    if (has_mask) made.second = ggml_new_tensor_2d(context, type_f32, cols, rows);
    made.y =
        (in_place ? ggml_soft_max_ext_inplace : ggml_soft_max_ext)(context, made.x, made.second, static_cast<float>(scale), 0);
  } else if (operation == SOFTMAX_AUDIT_SIGMOID) {
    made.y = ggml_sigmoid(context, made.x);
  } else {
    made.second = ggml_new_tensor_2d(context, type_f32, cols, rows);
    made.y = operation == SOFTMAX_AUDIT_CROSS_ENTROPY ? ggml_cross_entropy_loss(context, made.x, made.second)
                                                      : ggml_soft_max_ext_back(context, made.second, made.x, 1, 0);
  }
  made.graph = ggml_new_graph(context);
  ggml_build_forward_expand(made.graph, made.y);
  return made;
}

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  if (format_of_x != SOFTMAX_AUDIT_F32 || format_of_y != SOFTMAX_AUDIT_F32) return SOFTMAX_AUDIT_NOT_OFFERED;
  switch (operation) {
    case SOFTMAX_AUDIT_SOFTMAX: return SOFTMAX_AUDIT_SCALE | SOFTMAX_AUDIT_MASK | SOFTMAX_AUDIT_IN_PLACE;
    case SOFTMAX_AUDIT_SOFTMAX_BACKWARD_FROM_OUTPUT:
    case SOFTMAX_AUDIT_CROSS_ENTROPY:
    case SOFTMAX_AUDIT_SIGMOID: return 0;
    default: return SOFTMAX_AUDIT_NOT_OFFERED;
  }
}

void ask(const softmax_audit_call& call, std::size_t rows, const float* x, const float* dy, const std::int64_t* target,
         float* y) {
  static adapter::Prepared<Question, Prepared> all;
  static std::vector<std::uint8_t> work;
  Question question{call.operation, rows, call.cols, 0, call.mask != nullptr, call.x == call.y};
  std::memcpy(&question[3], &call.scale, sizeof call.scale);
  Prepared& prepared = all.get(question, [&] { return prepare(question); });
  set_data(prepared.x, x);
  set_data(prepared.y, y);
  if (call.operation == SOFTMAX_AUDIT_CROSS_ENTROPY) {
    // The loss is of probabilities: the targets are ours, the logits remain where they are.
    prepared.target.assign(call.cols, 0);
    prepared.target[static_cast<std::size_t>(*target)] = 1;
    set_data(prepared.second, prepared.target.data());
  } else if (prepared.second != nullptr) {
    set_data(prepared.second, call.operation == SOFTMAX_AUDIT_SOFTMAX ? call.mask : dy);
  }
  Plan plan = ggml_graph_plan(prepared.graph, 1, nullptr);
  if (work.size() < plan.work_bytes) work.resize(plan.work_bytes);
  plan.work = work.data();
  if (ggml_graph_compute(prepared.graph, &plan) != 0) throw std::runtime_error("ggml_graph_compute failed");
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] {
    const float *x = static_cast<const float*>(call->x), *dy = static_cast<const float*>(call->dy);
    float* y = static_cast<float*>(call->y);
    if (call->operation != SOFTMAX_AUDIT_CROSS_ENTROPY) return ask(*call, call->rows, x, dy, nullptr, y);
    // The loss is the mean over rows, so that each row is asked for itself.
    for (std::size_t row = 0; row < call->rows; ++row)
      ask(*call, 1, adapter::row_of_x<float>(*call, row), nullptr, call->target + row, adapter::row_of_y<float>(*call, row));
  });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static softmax_audit_plugin plugin{sizeof plugin, "ggml", nullptr, adapter::instruction_set(), offers, run};
  try {
    load();
  } catch (const std::exception& exception) {
    return adapter::cannot_serve(exception.what());
  }
  plugin.version = ggml_version();
  return &plugin;
}
