// softmax-audit-runner --library PATH --symbol NAME --call 'SIGNATURE' [--operation NAME]
//
// Serves one function of one shared library to the program over the worker protocol, in a process that may die. It
// contains no oracle and no judge: whatever the library does to this process, it cannot do to the truth.
//
// Before the handshake every error is one JSON line {"softmax_audit": 1, "error": "..."} and exit status 2.

#include "impl/foreign/call_signature.hpp"
#include "impl/foreign/guarded_buffer.hpp"
#include "impl/foreign/wire.hpp"

#include <fmt/format.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <ffi.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <cfenv>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace softmax_audit {
namespace {

// --- The wire --------------------------------------------------------------------------------------------------------

struct Wire {
  int in;
  int out;
};

// The library may print and may read: it gets stderr for its prints and an empty stdin, before any code of its own
// runs.
Wire take_wire() {
  const Wire wire{fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)};
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (wire.in < 0 || wire.out < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
    throw std::system_error(errno, std::generic_category(), "runner: cannot take over stdin and stdout");
  close(nothing);
  return wire;
}

// False at the end of the input.
bool read_exactly(int from, void* to, std::size_t bytes) {
  auto* next = static_cast<std::byte*>(to);
  while (bytes > 0) {
    const ssize_t count = read(from, next, bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    next += count;
    bytes -= static_cast<std::size_t>(count);
  }
  return true;
}

void write_all(int to, const void* from, std::size_t bytes) {
  const auto* next = static_cast<const std::byte*>(from);
  while (bytes > 0) {
    const ssize_t count = write(to, next, bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) std::exit(1); // nobody listens any more
    next += count;
    bytes -= static_cast<std::size_t>(count);
  }
}

std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      json += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      json += c;
  }
  return json + '"';
}

void write_line(const Wire& wire, std::string line) {
  line += '\n';
  write_all(wire.out, line.data(), line.size());
}

// --- The floating-point environment ----------------------------------------------------------------------------------

struct FloatEnvironment {
  int rounding;
  unsigned control; // x86: MXCSR without the six sticky flags
};

FloatEnvironment float_environment() {
#if defined(__x86_64__)
  return {std::fegetround(), _mm_getcsr() & 0xFFC0u};
#else
  return {std::fegetround(), 0};
#endif
}

// A library linked with -ffast-math switches flush-to-zero on in whoever loads it. The next row must not pay for that:
// the environment is put back, and the change is told once.
void restore_float_environment(const FloatEnvironment& before, std::string_view when) {
  const FloatEnvironment after = float_environment();
  if (after.rounding == before.rounding && after.control == before.control) return;
  static std::vector<std::string> told;
  const auto tell = [&](bool changed, std::string_view what) {
    std::string line = fmt::format("softmax-audit: the library changed {} {}; put back\n", what, when);
    if (!changed || std::ranges::find(told, line) != told.end()) return;
    write_all(STDERR_FILENO, line.data(), line.size());
    told.push_back(std::move(line));
  };
  const unsigned changed = after.control ^ before.control;
  tell(after.rounding != before.rounding || (changed & 0x6000u) != 0, "the rounding mode");
  tell((changed & 0x8000u) != 0, "flush-to-zero");
  tell((changed & 0x0040u) != 0, "denormals-are-zero");
  tell((changed & 0x1F80u) != 0, "the floating-point exceptions that trap");
  std::fesetround(before.rounding);
#if defined(__x86_64__)
  _mm_setcsr((_mm_getcsr() & ~0xFFC0u) | before.control);
#endif
}

// --- The function ----------------------------------------------------------------------------------------------------

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
  std::string symbol;
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

std::string last_dl_error() {
  const char* text = dlerror();
  return text ? text : "no reason given";
}

// The loader says "no such file" about a file for another machine.
std::string architecture_remark(const std::string& path) {
  const auto machine_of = [](const char* file) -> std::optional<unsigned> {
    std::array<unsigned char, 20> header{};
    std::ifstream stream(file, std::ios::binary);
    if (!stream.read(reinterpret_cast<char*>(header.data()), header.size())) return std::nullopt;
    if (std::memcmp(header.data(), "\177ELF", 4) != 0) return std::nullopt;
    return header[18] | static_cast<unsigned>(header[19]) << 8;
  };
  const auto theirs = machine_of(path.c_str()), ours = machine_of("/proc/self/exe");
  if (!theirs || !ours || *theirs == *ours) return {};
  return fmt::format(" (the file is there, but it is for another machine: ELF machine {}, this one is {})", *theirs, *ours);
}

void load(Function& function, const std::string& library) {
  // The loader searches only the system's folders for a name without a slash.
  const bool is_plain_name = library.find('/') == std::string::npos;
  const std::string path = is_plain_name && access(library.c_str(), F_OK) == 0 ? "./" + library : library;
  const FloatEnvironment before = float_environment();
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  restore_float_environment(before, "when it was loaded");
  if (!handle)
    throw std::invalid_argument(
        fmt::format("library: cannot load \"{}\": {}{}", library, last_dl_error(), architecture_remark(path)));
  dlerror();
  void* address = dlsym(handle, function.symbol.c_str());
  if (!address)
    throw std::invalid_argument(
        fmt::format("library: \"{}\" has no symbol \"{}\": {}", library, function.symbol, last_dl_error()));
  function.address = reinterpret_cast<void (*)()>(address);
  for (const CallArgument& a : function.call.arguments) function.types.push_back(ffi_type_of(a));
  ffi_type* result = function.call.returns_int ? &ffi_type_sint : &ffi_type_void;
  if (ffi_prep_cif(&function.interface, FFI_DEFAULT_ABI, static_cast<unsigned>(function.types.size()), result,
                   function.types.data()) != FFI_OK)
    throw std::invalid_argument("call: libffi cannot prepare this call on this machine");
}

struct Buffers {
  GuardedBuffer x, y, mask, dy, target, work;
};

// What a call is given: rows row-major without gaps, targets one a row. Null where the question has none.
struct Inputs {
  double scale = 1;
  const std::byte* x = nullptr;
  const std::byte* mask = nullptr;
  const std::byte* dy = nullptr;
  const std::byte* target = nullptr; // i64, wherever the payload left them: not aligned
};
std::int64_t target_of_row(const Inputs& inputs, std::size_t r) {
  std::int64_t target = 0;
  std::memcpy(&target, inputs.target + r * sizeof target, sizeof target);
  return target;
}

// Distances between rows that differ from each other and from cols, so that a function that confuses them is found.
struct Extent {
  std::size_t rows, cols, ldx, ldy;
};
Extent extent_of(const CallSignature& call, std::size_t rows, std::size_t cols) {
  if (takes(call, Meaning::ld)) return {rows, cols, cols + 3, cols + 3};
  return {rows, cols, takes(call, Meaning::ldx) ? cols + 3 : cols, takes(call, Meaning::ldy) ? cols + 5 : cols};
}
// No distance follows the last row: the buffer ends with its last element.
std::size_t span_of(const Extent& e, std::size_t distance) { return e.rows == 0 ? 0 : (e.rows - 1) * distance + e.cols; }

// What stands where nobody has written yet and between rows: a signaling NaN. Not a number when it is taken for one,
// and arithmetic gives it back with other bits, so that even a function that softmaxes the gap between two rows leaves
// a trace.
std::uint64_t untouched_bits(Format format) {
  const FormatTraits& t = traits(format);
  const int fraction_bits = t.precision - 1;
  const std::uint64_t exponent = (std::uint64_t{1} << (t.storage_bits - t.precision)) - 1;
  return (exponent << fraction_bits) | ((std::uint64_t{1} << (fraction_bits - 1)) - 1);
}

void leave_untouched(std::byte* to, std::size_t elements, Format format) {
  const std::uint64_t bits = untouched_bits(format);
  for (std::size_t i = 0; i < elements; ++i) std::memcpy(to + i * storage_bytes(format), &bits, storage_bytes(format));
}

bool is_untouched(const std::byte* from, std::size_t elements, Format format) {
  const std::uint64_t bits = untouched_bits(format);
  for (std::size_t i = 0; i < elements; ++i)
    if (std::memcmp(from + i * storage_bytes(format), &bits, storage_bytes(format)) != 0) return false;
  return true;
}

void spread(const std::byte* from, std::byte* to, const Extent& e, std::size_t distance, Format format) {
  const std::size_t bytes = storage_bytes(format);
  if (e.cols == 0) return;
  for (std::size_t r = 0; r < e.rows; ++r) {
    std::memcpy(to + r * distance * bytes, from + r * e.cols * bytes, e.cols * bytes);
    if (r + 1 < e.rows) leave_untouched(to + (r * distance + e.cols) * bytes, distance - e.cols, format);
  }
}

struct Answer {
  FrameKind kind;
  std::vector<std::byte> payload;
};
Answer text_answer(FrameKind kind, std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  return {kind, {bytes, bytes + text.size()}};
}

bool fits_int(std::int64_t value) { return value >= INT_MIN && value <= INT_MAX; }

// As the function wants them, i64 or int. False when one of them does not fit.
bool place_targets(const Inputs& inputs, std::size_t rows, CallType type, std::byte* to) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::int64_t target = target_of_row(inputs, r);
    if (type == CallType::i64) {
      std::memcpy(to + r * sizeof target, &target, sizeof target);
      continue;
    }
    if (!fits_int(target)) return false;
    const int narrow = static_cast<int>(target);
    std::memcpy(to + r * sizeof narrow, &narrow, sizeof narrow);
  }
  return true;
}

// Nothing when the value does not fit into the type of the argument.
std::optional<ArgumentValue> count_value(CallType type, std::size_t count) {
  ArgumentValue value{};
  if (type == CallType::integer) {
    if (count > static_cast<std::size_t>(INT_MAX)) return std::nullopt;
    value.integer = static_cast<int>(count);
  } else if (type == CallType::i64) {
    value.i64 = static_cast<std::int64_t>(count);
  } else {
    value.size = count;
  }
  return value;
}

// One call of the function: e.rows rows from the inputs to `y`, row-major without gaps. Gives an answer only when there is
// something other than results to tell.
std::optional<Answer> call_once(const Function& function, Buffers& buffers, const Extent& e, const Inputs& inputs,
                                std::byte* y) {
  const CallSignature& call = function.call;
  const Format x_format = format_of_x(call), y_format = format_of_y(call);
  const std::size_t x_bytes = storage_bytes(x_format), y_bytes = storage_bytes(y_format);
  const bool in_place = is_in_place(call);
  const std::size_t results = results_of_row(function.operation, e.cols); // a row
  const std::size_t distance = gives_one_value_a_row(function.operation) ? 1 : in_place ? e.ldx : e.ldy;

  std::byte* const placed_x = buffers.x.place(span_of(e, e.ldx) * x_bytes);
  spread(inputs.x, placed_x, e, e.ldx, x_format);
  std::byte* placed_y = placed_x;
  if (!in_place) {
    const std::size_t span = span_of({e.rows, results, e.ldx, e.ldy}, distance);
    placed_y = buffers.y.place(span * y_bytes);
    leave_untouched(placed_y, span, y_format);
    buffers.x.set_writable(false);
  }
  // An input beside x, in its layout; zeros where the question has none.
  const auto placed_like_x = [&](GuardedBuffer& buffer, const std::byte* from) {
    std::byte* const placed = buffer.place(span_of(e, e.ldx) * x_bytes);
    if (from)
      spread(from, placed, e, e.ldx, x_format);
    else
      std::memset(placed, 0, span_of(e, e.ldx) * x_bytes);
    buffer.set_writable(false);
    return placed;
  };

  std::vector<ArgumentValue> values(call.arguments.size());
  std::vector<void*> addresses(call.arguments.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const CallArgument& a = call.arguments[i];
    addresses[i] = &values[i];
    std::optional<std::size_t> count;
    switch (a.meaning) {
      case Meaning::x: values[i].pointer = placed_x; break;
      case Meaning::y: values[i].pointer = placed_y; break;
      case Meaning::n:
      case Meaning::cols: count = e.cols; break;
      case Meaning::rows: count = e.rows; break;
      case Meaning::ld:
      case Meaning::ldx: count = e.ldx; break;
      case Meaning::ldy: count = e.ldy; break;
      case Meaning::scale:
        if (a.type == CallType::f32)
          values[i].f32 = static_cast<float>(inputs.scale);
        else
          values[i].f64 = inputs.scale;
        break;
      case Meaning::mask: values[i].pointer = placed_like_x(buffers.mask, inputs.mask); break;
      case Meaning::dy: values[i].pointer = placed_like_x(buffers.dy, inputs.dy); break;
      case Meaning::target: {
        if (!a.is_pointer) { // of the one row
          count = static_cast<std::size_t>(target_of_row(inputs, 0));
          break;
        }
        std::byte* const placed = buffers.target.place(e.rows * (a.type == CallType::i64 ? sizeof(std::int64_t) : sizeof(int)));
        if (!place_targets(inputs, e.rows, a.type, placed))
          return text_answer(FrameKind::refused, "a target does not fit into int");
        buffers.target.set_writable(false);
        values[i].pointer = placed;
        break;
      }
      case Meaning::work: {
        const Format format = format_of_type(a.type);
        std::byte* const placed = buffers.work.place(span_of(e, e.ldx) * storage_bytes(format));
        leave_untouched(placed, span_of(e, e.ldx), format);
        values[i].pointer = placed;
        break;
      }
    }
    if (count) {
      const std::optional<ArgumentValue> value = count_value(a.type, *count);
      if (!value)
        return text_answer(FrameKind::refused,
                           fmt::format("{} = {} does not fit into {}", name(a.meaning), *count, name(a.type)));
      values[i] = *value;
    }
  }

  union {
    ffi_arg slot;
    int value;
  } result{};
  const FloatEnvironment before = float_environment();
  try {
    // A prepared interface is not written to by a call, but libffi's declaration does not say so.
    ffi_call(const_cast<ffi_cif*>(&function.interface), function.address, &result, addresses.data());
  } catch (const std::exception& thrown) {
    restore_float_environment(before, "during a call");
    return text_answer(FrameKind::error, fmt::format("{} threw: {}", function.symbol, thrown.what()));
  }
  restore_float_environment(before, "during a call");
  if (call.returns_int && static_cast<int>(result.slot) != 0)
    return text_answer(FrameKind::refused, fmt::format("{} returned {}", function.symbol, static_cast<int>(result.slot)));

  for (std::size_t r = 0; r < e.rows && results > 0; ++r) {
    const std::byte* const row = placed_y + r * distance * y_bytes;
    std::memcpy(y + r * results * y_bytes, row, results * y_bytes);
    if (r + 1 < e.rows && !is_untouched(row + results * y_bytes, distance - results, y_format))
      return text_answer(FrameKind::error,
                         fmt::format("{} wrote between the rows of its results, after row {}", function.symbol, r));
  }
  return std::nullopt;
}

// The bytes that the header's numbers ask for; nothing when they overflow.
std::optional<std::size_t> product(std::size_t a, std::size_t b, std::size_t c) {
  std::size_t ab = 0, abc = 0;
  if (__builtin_mul_overflow(a, b, &ab) || __builtin_mul_overflow(ab, c, &abc)) return std::nullopt;
  return abc;
}

Answer answer_to(const Function& function, Buffers& buffers, const FrameHeader& header, const std::vector<std::byte>& payload) {
  const CallSignature& call = function.call;
  const Format x_format = format_of_x(call), y_format = format_of_y(call);
  if (header.kind != FrameKind::call) return text_answer(FrameKind::error, "a frame that is not a call");
  if (header.operation != function.operation)
    return text_answer(FrameKind::error, fmt::format("only {} is offered", name(function.operation)));
  if (header.format_of_x != x_format || header.format_of_y != y_format)
    return text_answer(FrameKind::error, fmt::format("the call reads {} and writes {}", name(x_format), name(y_format)));
  const bool has_mask = (header.flags & flag_mask) != 0, has_dy = (header.flags & flag_dy) != 0,
             has_target = (header.flags & flag_target) != 0;
  if (has_dy != takes(call, Meaning::dy) || has_target != takes(call, Meaning::target) ||
      (header.flags & ~std::uint32_t{flag_scale | flag_mask | flag_dy | flag_target}) != 0)
    return text_answer(FrameKind::error, fmt::format("flags {} are not those of {}", header.flags, name(function.operation)));
  if ((header.flags & flag_scale) != 0 && !takes(call, Meaning::scale))
    return text_answer(FrameKind::error, "the call takes no scale");
  if (has_mask && !takes(call, Meaning::mask)) return text_answer(FrameKind::error, "the call takes no mask");
  const std::size_t like_x = 1 + has_mask + has_dy, results = results_of_row(function.operation, header.cols);
  const auto x_bytes = product(header.rows, header.cols, storage_bytes(x_format));
  const auto inputs_bytes = product(header.rows, header.cols, like_x * storage_bytes(x_format));
  const auto target_bytes = product(has_target ? header.rows : 0, 1, sizeof(std::int64_t));
  const auto y_bytes = product(header.rows, results, storage_bytes(y_format));
  if (!x_bytes || !inputs_bytes || !target_bytes || !y_bytes || payload.size() < *target_bytes ||
      payload.size() - *target_bytes != *inputs_bytes)
    return text_answer(FrameKind::error,
                       fmt::format("{} bytes of payload for {} rows of {}", payload.size(), header.rows, header.cols));

  Inputs inputs{(header.flags & flag_scale) != 0 ? header.scale : 1, payload.data()};
  const std::byte* next = payload.data() + *x_bytes;
  const auto take = [&next](bool has, std::size_t bytes) {
    const std::byte* const taken = has ? next : nullptr;
    if (has) next += bytes;
    return taken;
  };
  inputs.mask = take(has_mask, *x_bytes);
  inputs.dy = take(has_dy, *x_bytes);
  inputs.target = take(has_target, *target_bytes);
  Answer answer{FrameKind::result, std::vector<std::byte>(*y_bytes)};
  if (takes(call, Meaning::rows)) {
    const Extent whole = extent_of(call, header.rows, header.cols);
    if (auto other = call_once(function, buffers, whole, inputs, answer.payload.data())) return std::move(*other);
    return answer;
  }
  const std::size_t x_row = header.cols * storage_bytes(x_format), y_row = results * storage_bytes(y_format);
  for (std::size_t r = 0; r < header.rows; ++r) {
    const Extent one{1, header.cols, header.cols, header.cols};
    const auto row = [r](const std::byte* rows, std::size_t bytes) { return rows ? rows + r * bytes : nullptr; };
    const Inputs of_row{inputs.scale, row(inputs.x, x_row), row(inputs.mask, x_row), row(inputs.dy, x_row),
                        row(inputs.target, sizeof(std::int64_t))};
    if (auto other = call_once(function, buffers, one, of_row, answer.payload.data() + r * y_row)) return std::move(*other);
  }
  return answer;
}

// Returns when the program closes the wire.
void serve(const Function& function, const Wire& wire) {
  Buffers buffers;
  FrameHeader header;
  std::vector<std::byte> payload;
  while (read_exactly(wire.in, &header, sizeof header)) {
    if (header.magic != frame_magic) throw std::runtime_error("runner: the program sent something that is not a frame");
    payload.resize(header.payload_bytes);
    if (!read_exactly(wire.in, payload.data(), payload.size())) return;
    Answer answer{};
    try {
      answer = answer_to(function, buffers, header, payload);
    } catch (const std::bad_alloc&) {
      answer = text_answer(FrameKind::error, "not enough memory for the buffers");
    }
    header.kind = answer.kind;
    header.payload_bytes = answer.payload.size();
    write_all(wire.out, &header, sizeof header);
    write_all(wire.out, answer.payload.data(), answer.payload.size());
  }
}

// --- The beginning ---------------------------------------------------------------------------------------------------

struct Arguments {
  std::string library, symbol, call, operation{name(Operation::softmax)};
};

Arguments arguments_from(int count, char** words) {
  Arguments arguments;
  for (int i = 1; i < count; i += 2) {
    const std::string_view option = words[i];
    std::string* const value = option == "--library"     ? &arguments.library
                               : option == "--symbol"    ? &arguments.symbol
                               : option == "--call"      ? &arguments.call
                               : option == "--operation" ? &arguments.operation
                                                         : nullptr;
    if (!value) throw std::invalid_argument(fmt::format("runner: \"{}\" is not an option", option));
    if (i + 1 >= count) throw std::invalid_argument(fmt::format("runner: {} needs a value", option));
    *value = words[i + 1];
  }
  if (arguments.library.empty()) throw std::invalid_argument("runner: --library PATH is missing");
  if (arguments.symbol.empty()) throw std::invalid_argument("runner: --symbol NAME is missing");
  if (arguments.call.empty()) throw std::invalid_argument("runner: --call SIGNATURE is missing");
  return arguments;
}

Operation operation_from(const std::string& text) {
  const auto found = std::ranges::find(operation_names, text);
  if (found == operation_names.end())
    throw std::invalid_argument(
        fmt::format("runner: \"{}\" is not an operation; the operations are {}", text, fmt::join(operation_names, ", ")));
  return static_cast<Operation>(found - operation_names.begin());
}

// A library's file often carries its version where the name that one loads does not: libm.so -> libm.so.6.
std::string version_of(const std::string& library) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::canonical(library, error);
  return (error ? std::filesystem::path(library) : file).filename().string();
}

void shake_hands(const Function& function, const std::string& library, const Wire& wire) {
  for (char c = 0; c != '\n';)
    if (!read_exactly(wire.in, &c, 1)) std::exit(0);
  write_line(wire, fmt::format("{{\"softmax_audit\": {}, \"name\": {}, \"version\": {}, \"operations\": [\"{}\"], "
                               "\"formats\": [\"{}\"], \"scale\": {}, \"format_of_x\": \"{}\"}}",
                               protocol_version, json_text(function.symbol), json_text(version_of(library)),
                               name(function.operation), name(format_of_y(function.call)), takes(function.call, Meaning::scale),
                               name(format_of_x(function.call))));
}

int run(int count, char** words) {
  const Wire wire = take_wire();
  Function function;
  std::string library;
  try {
    const Arguments arguments = arguments_from(count, words);
    function.operation = operation_from(arguments.operation);
    function.call = call_from(arguments.call, function.operation);
    function.symbol = arguments.symbol;
    library = arguments.library;
    load(function, library);
  } catch (const std::invalid_argument& error) {
    write_line(wire, fmt::format("{{\"softmax_audit\": {}, \"error\": {}}}", protocol_version, json_text(error.what())));
    return 2;
  }
  shake_hands(function, library, wire);
  serve(function, wire);
  return 0;
}

} // namespace
} // namespace softmax_audit

// Asked by the sanitizers' runtimes where they are linked in: a crash of the library has to reach whoever waits as the signal
// that it is, not as an exit of the sanitizer.
constexpr const char* leave_signals_alone = "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0";
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return leave_signals_alone; }
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return leave_signals_alone; }

int main(int count, char** words) {
  try {
    return softmax_audit::run(count, words);
  } catch (const std::exception& error) {
    fmt::print(stderr, "softmax-audit-runner: {}\n", error.what());
    return 4;
  }
}
