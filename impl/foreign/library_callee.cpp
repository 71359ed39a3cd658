// A function of a library behind its call string, called through libffi.
#include "impl/foreign/callee.hpp"
#include "impl/foreign/loaded_library.hpp"

#include <fmt/format.h>

#include <ffi.h>

#include <climits>
#include <cstdint>
#include <memory>
#include <stdexcept>

namespace softmax_audit {
namespace {

union ArgumentValue {
  void* pointer;
  std::size_t size;
  int integer;
  std::int64_t i64;
  float f32;
  double f64;
};

struct Function {
  Operation operation = Operation::softmax;
  CallSignature call;
  void (*address)() = nullptr;
  std::vector<ffi_type*> types;
  ffi_cif interface {};
};

ffi_type* ffi_type_of(const CallArgument& a) {
  if (a.is_pointer) return &ffi_type_pointer;
  switch (a.type) {
    case CallType::f16:
    case CallType::bf16: return &ffi_type_uint16;
    case CallType::f32: return &ffi_type_float;
    case CallType::f64: return &ffi_type_double;
    case CallType::size: return sizeof(std::size_t) == 8 ? &ffi_type_uint64 : &ffi_type_uint32;
    case CallType::integer: return &ffi_type_sint;
    case CallType::i64: return &ffi_type_sint64;
    case CallType::boolean: return &ffi_type_uint8;
  }
  return &ffi_type_pointer;
}

ArgumentValue count_value(const CallArgument& a, std::int64_t count) {
  ArgumentValue value{};
  if (a.type == CallType::integer) {
    if (count > INT_MAX || count < INT_MIN)
      throw CannotAsk(fmt::format("{} = {} does not fit into {}", name(a.meaning), count, name(a.type)));
    value.integer = static_cast<int>(count);
  } else if (a.type == CallType::i64) {
    value.i64 = count;
  } else {
    value.size = static_cast<std::size_t>(count);
  }
  return value;
}

template <class T> void* row_of(const T* buffer, std::size_t bytes) {
  return const_cast<std::byte*>(reinterpret_cast<const std::byte*>(buffer) + bytes);
}

// One call of the function, from row `first` on.
int call_rows(const Function& function, const CalleeCall& call, std::size_t first) {
  const std::size_t x_bytes = static_cast<std::size_t>(traits(static_cast<Format>(call.format_of_x)).storage_bits) / 8,
                    y_bytes = static_cast<std::size_t>(traits(static_cast<Format>(call.format_of_y)).storage_bits) / 8,
                    x_row = first * static_cast<std::size_t>(call.x_row), y_row = first * static_cast<std::size_t>(call.y_row);
  std::vector<ArgumentValue> values(function.call.arguments.size());
  std::vector<void*> addresses(values.size());
  std::vector<int> targets; // as int, where the function wants them so
  for (std::size_t i = 0; i < values.size(); ++i) {
    const CallArgument& a = function.call.arguments[i];
    addresses[i] = &values[i];
    switch (a.meaning) {
      case Meaning::x: values[i].pointer = row_of(static_cast<const std::byte*>(call.x), x_row * x_bytes); break;
      case Meaning::y: values[i].pointer = row_of(static_cast<std::byte*>(call.y), y_row * y_bytes); break;
      case Meaning::n:
      case Meaning::cols: values[i] = count_value(a, static_cast<std::int64_t>(call.cols)); break;
      case Meaning::rows: values[i] = count_value(a, static_cast<std::int64_t>(call.rows)); break;
      case Meaning::ld:
      case Meaning::ldx: values[i] = count_value(a, call.x_row); break;
      case Meaning::ldy: values[i] = count_value(a, call.y_row); break;
      case Meaning::scale:
        if (a.type == CallType::f32)
          values[i].f32 = static_cast<float>(call.scale);
        else
          values[i].f64 = call.scale;
        break;
      case Meaning::mask: values[i].pointer = row_of(static_cast<const std::byte*>(call.mask), x_row * x_bytes); break;
      case Meaning::dy: values[i].pointer = row_of(static_cast<const std::byte*>(call.dy), x_row * x_bytes); break;
      case Meaning::work: values[i].pointer = call.work; break;
      case Meaning::target:
        if (!a.is_pointer) {
          values[i] = count_value(a, call.target[first]);
        } else if (a.type == CallType::i64) {
          values[i].pointer = const_cast<std::int64_t*>(call.target + first);
        } else {
          for (std::size_t r = first; r < call.rows; ++r) targets.push_back(count_value(a, call.target[r]).integer);
          values[i].pointer = targets.data();
        }
        break;
    }
  }
  union {
    ffi_arg slot;
    int value;
  } result{};
  // A prepared interface is not written to by a call, but libffi's declaration does not say so.
  ffi_call(const_cast<ffi_cif*>(&function.interface), function.address, &result, addresses.data());
  return function.call.returns_int ? static_cast<int>(result.slot) : SOFTMAX_AUDIT_DONE;
}

} // namespace

Callee library_callee(const std::string& library, const std::string& symbol, const std::string& call, Operation operation) {
  const auto function = std::make_shared<Function>();
  function->operation = operation;
  function->call = call_from(call, operation);
  function->address = reinterpret_cast<void (*)()>(symbol_of(library, symbol));
  for (const CallArgument& a : function->call.arguments) function->types.push_back(ffi_type_of(a));
  ffi_type* result = function->call.returns_int ? &ffi_type_sint : &ffi_type_void;
  if (ffi_prep_cif(&function->interface, FFI_DEFAULT_ABI, static_cast<unsigned>(function->types.size()), result,
                   function->types.data()) != FFI_OK)
    throw std::invalid_argument("call: libffi cannot prepare this call on this machine");

  const CallSignature& signature = function->call;
  Callee callee;
  callee.name = symbol;
  callee.version = version_of(library);
  callee.offers = {{operation, format_of_y(signature)}};
  if (format_of_x(signature) != format_of_y(signature)) callee.format_of_x = format_of_x(signature);
  callee.takes_scale = takes(signature, Meaning::scale);
  callee.takes_mask = callee.odd_mask = takes(signature, Meaning::mask);
  callee.works_only_in_place = is_in_place(signature);
  callee.takes_one_row_stride = takes(signature, Meaning::ld);
  callee.takes_row_stride = callee.takes_one_row_stride || takes(signature, Meaning::ldx) || takes(signature, Meaning::ldy);
  callee.odd_strides = callee.takes_row_stride;
  callee.takes_threads = true; // a function of its arguments
  if (const CallArgument* work = argument(signature, Meaning::work)) callee.work = format_of_type(work->type);
  callee.run = [function](const CalleeCall& asked) -> int {
    if (takes(function->call, Meaning::rows)) return call_rows(*function, asked, 0);
    for (std::size_t r = 0; r < asked.rows; ++r)
      if (const int refused = call_rows(*function, asked, r)) return refused;
    return SOFTMAX_AUDIT_DONE;
  };
  return callee;
}

} // namespace softmax_audit
