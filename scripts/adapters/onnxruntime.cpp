// /// script
// npm = ["onnxruntime-node@1.30.0"]
// build = "c++ -std=c++20 -O2 -shared -fPIC -I{include} -DONNXRUNTIME='\"{packages}/onnxruntime-node/package/bin/napi-v6/linux/x64/libonnxruntime.so.1\"' {source} -o {output} -ldl"
// [tool.softmax-audit]
// library = "ONNX Runtime"
// calls = "Softmax, LogSoftmax, ReduceLogSumExp and Sigmoid of opset 13 on the CPU"
// [[tool.softmax-audit.variant]]
// name = "onnxruntime"
// ///
#include "plugin.hpp"

#include <dlfcn.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>

namespace {

// The package ships no headers. Entries of the C interface's table never move; these are the numbers of those used.
enum Entry : std::size_t {
  get_error_message = 2,
  create_environment = 3,
  create_session_from_array = 8,
  run_session = 9,
  create_session_options = 10,
  set_intra_op_threads = 24,
  create_tensor_with_data = 49,
  create_cpu_memory_info = 69,
  release_status = 93,
  release_session = 95,
  release_value = 96,
};
constexpr std::uint32_t interface_version = 17;

struct Base {
  const void* const* (*interface)(std::uint32_t version);
  const char* (*version)();
};

const void* const* entries = nullptr;
void *environment = nullptr, *options = nullptr, *memory_info = nullptr;

template <class Result, class... Arguments> Result call_entry(Entry entry, Arguments... arguments) {
  return reinterpret_cast<Result (*)(Arguments...)>(const_cast<void*>(entries[entry]))(arguments...);
}

// A status that is not null is an error.
template <class... Arguments> void require(Entry entry, Arguments... arguments) {
  void* status = call_entry<void*>(entry, arguments...);
  if (status == nullptr) return;
  const std::string message = call_entry<const char*>(get_error_message, static_cast<const void*>(status));
  call_entry<void>(release_status, status);
  throw std::runtime_error(message);
}

struct Release {
  Entry entry;
  void operator()(void* object) const { call_entry<void>(entry, object); }
};
using Handle = std::unique_ptr<void, Release>;

// A model of one node, written as protocol buffers: numbers are fields of wire type 0, messages and texts of wire type 2.
std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string number(unsigned field, std::uint64_t value) { return varint(field << 3) + varint(value); }
std::string message(unsigned field, const std::string& body) { return varint(field << 3 | 2) + varint(body.size()) + body; }

std::string attribute(const char* name, std::int64_t value) {
  constexpr std::uint64_t type_int = 2;
  return message(5, message(1, name) + number(3, static_cast<std::uint64_t>(value)) + number(20, type_int));
}

std::string matrix(const char* name, std::uint64_t element_type, const char* rows, const char* cols) {
  const std::string shape = message(1, message(2, rows)) + message(1, message(2, cols));
  return message(1, name) + message(2, message(1, number(1, element_type) + message(2, shape)));
}

constexpr const char* node_of(std::uint32_t operation) {
  switch (operation) {
    case SOFTMAX_AUDIT_SOFTMAX: return "Softmax";
    case SOFTMAX_AUDIT_LOG_SOFTMAX: return "LogSoftmax";
    case SOFTMAX_AUDIT_LOG_SUM_EXP: return "ReduceLogSumExp";
    case SOFTMAX_AUDIT_SIGMOID: return "Sigmoid";
    default: return nullptr;
  }
}

// ONNX's number of the element type; 0: none.
constexpr int element_type(std::uint32_t format) {
  switch (format) {
    case SOFTMAX_AUDIT_F16: return 10;
    case SOFTMAX_AUDIT_BF16: return 16;
    case SOFTMAX_AUDIT_F32: return 1;
    case SOFTMAX_AUDIT_F64: return 11;
    default: return 0;
  }
}

std::string model(std::uint32_t operation, int type, bool along_first_axis) {
  const auto element = static_cast<std::uint64_t>(type);
  std::string node = message(1, "x") + message(2, "y") + message(4, node_of(operation));
  std::string result = matrix("y", element, "R", "C");
  if (operation == SOFTMAX_AUDIT_SOFTMAX || operation == SOFTMAX_AUDIT_LOG_SOFTMAX)
    node += attribute("axis", along_first_axis ? 0 : -1);
  if (operation == SOFTMAX_AUDIT_LOG_SUM_EXP) {
    // All axes of one row: opset 13 has the axes as an attribute of this node still.
    node += attribute("keepdims", 1);
    const std::string axes = message(1, "axes") + number(8, 1) + number(20, 7);
    node += message(5, axes);
    result = matrix("y", element, "R", "one");
  }
  const std::string graph =
      message(1, node) + message(2, "g") + message(11, matrix("x", element, "R", "C")) + message(12, result);
  return number(1, 8) + message(7, graph) + message(8, message(1, "") + number(2, 13));
}

Handle create_session(std::uint32_t operation, int type, bool along_first_axis) {
  const std::string bytes = model(operation, type, along_first_axis);
  void* session = nullptr;
  require(create_session_from_array, environment, static_cast<const void*>(bytes.data()), bytes.size(), options, &session);
  return {session, Release{release_session}};
}

// Operation, element type, axis.
using Question = std::array<std::uint32_t, 3>;

Handle& session(const Question& question) {
  static adapter::Prepared<Question, Handle> all;
  return all.get(question, [&] { return create_session(question[0], static_cast<int>(question[1]), question[2] != 0); });
}

std::size_t element_bytes(std::uint32_t format) {
  return format == SOFTMAX_AUDIT_F64 ? 8 : format == SOFTMAX_AUDIT_F32 ? 4 : 2;
}

Handle tensor(void* data, std::size_t rows, std::size_t cols, std::uint32_t format) {
  const std::array<std::int64_t, 2> shape{static_cast<std::int64_t>(rows), static_cast<std::int64_t>(cols)};
  void* value = nullptr;
  require(create_tensor_with_data, memory_info, data, rows * cols * element_bytes(format), shape.data(), shape.size(),
          element_type(format), &value);
  return {value, Release{release_value}};
}

// The library refuses a session for a type that it has no kernel of.
int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  if (format_of_x != format_of_y || node_of(operation) == nullptr || element_type(format_of_x) == 0)
    return SOFTMAX_AUDIT_NOT_OFFERED;
  try {
    session({operation, static_cast<std::uint32_t>(element_type(format_of_x)), 0});
  } catch (const std::exception&) {
    return SOFTMAX_AUDIT_NOT_OFFERED;
  }
  return operation == SOFTMAX_AUDIT_SOFTMAX || operation == SOFTMAX_AUDIT_LOG_SOFTMAX ? SOFTMAX_AUDIT_AXIS : 0;
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] {
    // Tensors are dense: the last axis, or the first one of a matrix of cols by rows.
    const auto rows = static_cast<std::ptrdiff_t>(call->rows), cols = static_cast<std::ptrdiff_t>(call->cols);
    const bool one_a_row = call->operation == SOFTMAX_AUDIT_LOG_SUM_EXP;
    const bool last = (call->x_row == cols || rows == 1) && call->x_col == 1 && (one_a_row || call->y_col == 1);
    const bool first = call->x_col == rows && call->y_col == rows && call->x_row == 1 && call->y_row == 1;
    if (!last && !first) throw std::runtime_error("tensors of ONNX Runtime are dense");
    const Handle& made = session({call->operation, static_cast<std::uint32_t>(element_type(call->format_of_x)), !last});
    const std::size_t outer = last ? call->rows : call->cols, inner = last ? call->cols : call->rows;
    const Handle x = tensor(const_cast<void*>(call->x), outer, inner, call->format_of_x);
    const Handle y = tensor(call->y, outer, one_a_row ? 1 : inner, call->format_of_y);
    const char *x_name = "x", *y_name = "y";
    const void* inputs[] = {x.get()};
    void* outputs[] = {y.get()};
    require(run_session, made.get(), static_cast<const void*>(nullptr), static_cast<const char* const*>(&x_name),
            static_cast<const void* const*>(inputs), std::size_t{1}, static_cast<const char* const*>(&y_name), std::size_t{1},
            static_cast<void**>(outputs));
  });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static softmax_audit_plugin plugin{sizeof plugin, "ONNX Runtime", nullptr, adapter::instruction_set(), offers, run};
  try {
    void* library = dlopen(ONNXRUNTIME, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return adapter::cannot_serve(dlerror());
    const auto base = reinterpret_cast<const Base* (*)()>(dlsym(library, "OrtGetApiBase"));
    if (base == nullptr) return adapter::cannot_serve(std::string(ONNXRUNTIME) + " is not ONNX Runtime");
    plugin.version = base()->version();
    entries = base()->interface(interface_version);
    if (entries == nullptr) return adapter::cannot_serve("ONNX Runtime is older than version 17 of its interface");
    constexpr int errors_only = 3, device_allocator = 0, default_memory = 0;
    require(create_environment, errors_only, static_cast<const char*>("softmax-audit"), &environment);
    require(create_session_options, &options);
    require(set_intra_op_threads, options, 1);
    require(create_cpu_memory_info, device_allocator, default_memory, &memory_info);
  } catch (const std::exception& exception) {
    return adapter::cannot_serve(exception.what());
  }
  return &plugin;
}
