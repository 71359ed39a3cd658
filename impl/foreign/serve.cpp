#include "impl/foreign/serve.hpp"

#include "impl/foreign/guarded_buffer.hpp"
#include "impl/foreign/wire.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cfenv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

namespace softmax_audit {
namespace {

// --- The wire --------------------------------------------------------------------------------------------------------

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

// The same of as many bytes as somebody says that there are: memory is taken as they come.
bool read_said(int from, std::vector<std::byte>& to, std::size_t bytes) {
  constexpr std::size_t piece = std::size_t{1} << 20;
  to.resize(std::min(bytes, std::max(piece, to.capacity())));
  for (std::size_t read = 0;; to.resize(std::min(bytes, 2 * to.size()))) {
    if (!read_exactly(from, to.data() + read, to.size() - read)) return false;
    read = to.size();
    if (read == bytes) return true;
  }
}

void write_all(int to, const void* from, std::size_t bytes) {
  const auto* next = static_cast<const std::byte*>(from);
  while (bytes > 0) {
    const ssize_t count = write(to, next, bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) _exit(1); // nobody listens any more
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

// A file that the program has mapped, too. Where payloads lie that are too long for a pipe.
class SharedMemory {
public:
  SharedMemory() = default;
  ~SharedMemory() {
    if (begin_) munmap(begin_, size_);
    if (file_ >= 0) close(file_);
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  void open(const std::string& path) { file_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC); }
  bool is_open() const { return file_ >= 0; }
  // At least so many bytes, or null. Stays where it is until more are asked for.
  std::byte* bytes(std::size_t needed) {
    if (needed <= size_) return begin_;
    struct stat file {};
    if (fstat(file_, &file) != 0 || static_cast<std::size_t>(file.st_size) < needed) return nullptr;
    if (begin_) munmap(begin_, size_);
    size_ = static_cast<std::size_t>(file.st_size);
    void* mapped = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    begin_ = mapped == MAP_FAILED ? nullptr : static_cast<std::byte*>(mapped);
    if (!begin_) size_ = 0;
    return begin_;
  }

private:
  int file_ = -1;
  std::byte* begin_ = nullptr;
  std::size_t size_ = 0;
};

// --- Buffers ---------------------------------------------------------------------------------------------------------

struct Buffers {
  GuardedBuffer x, y, mask, dy, target, work, maximum, sum;
};

struct NamedBuffer {
  const char* name;
  GuardedBuffer Buffers::*buffer;
  bool is_input;
};
constexpr std::array<NamedBuffer, 8> named_buffers{{{"x", &Buffers::x, true},
                                                    {"y", &Buffers::y, false},
                                                    {"mask", &Buffers::mask, true},
                                                    {"dy", &Buffers::dy, true},
                                                    {"target", &Buffers::target, true},
                                                    {"work", &Buffers::work, false},
                                                    {"maximum", &Buffers::maximum, false},
                                                    {"sum", &Buffers::sum, false}}};

// What a call is given: rows row-major without gaps, targets one a row. Null where the question has none.
struct Inputs {
  double scale = 1;
  const std::byte* x = nullptr;
  const std::byte* mask = nullptr;
  const std::byte* dy = nullptr;
  const std::byte* target = nullptr; // i64, wherever the payload left them: not aligned
};

// What stands where nobody has written yet and between rows: a signaling NaN. Not a number when it is taken for one,
// and arithmetic gives it back with other bits, so that even a function that softmaxes the gap between two rows leaves
// a trace.
std::uint64_t untouched_bits(Format format) {
  const FormatTraits& t = traits(format);
  const int fraction_bits = t.precision - 1;
  const std::uint64_t exponent = (std::uint64_t{1} << (t.storage_bits - t.precision)) - 1;
  return (exponent << fraction_bits) | ((std::uint64_t{1} << (fraction_bits - 1)) - 1);
}

template <class T> std::uint64_t bits_in(double value) {
  const T stored = to_storage<T>(value);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &stored, sizeof stored);
  return bits;
}

std::uint64_t prefill_bits(Prefill prefill, Format format) {
  if (prefill == Prefill::not_a_number) return untouched_bits(format);
  const double infinity = std::numeric_limits<double>::infinity();
  const double value = prefill == Prefill::zero      ? 0
                       : prefill == Prefill::one     ? 1
                       : prefill == Prefill::largest ? largest_finite(format)
                                                     : -infinity;
  switch (format) {
    case Format::f16: return bits_in<binary16>(value);
    case Format::bf16: return bits_in<bfloat16>(value);
    case Format::f32: return bits_in<float>(value);
    case Format::f64: return bits_in<double>(value);
  }
  return 0;
}

template <class Bits> void fill_as(std::byte* to, std::size_t elements, std::uint64_t bits) {
  const auto value = static_cast<Bits>(bits);
  for (std::size_t i = 0; i < elements; ++i) std::memcpy(to + i * sizeof value, &value, sizeof value);
}

void fill(std::byte* to, std::size_t elements, Format format, std::uint64_t bits) {
  switch (storage_bytes(format)) {
    case 2: return fill_as<std::uint16_t>(to, elements, bits);
    case 4: return fill_as<std::uint32_t>(to, elements, bits);
    default: return fill_as<std::uint64_t>(to, elements, bits);
  }
}

bool is_filled(const std::byte* from, std::size_t elements, Format format, std::uint64_t bits) {
  const std::size_t bytes = storage_bytes(format);
  for (std::size_t i = 0; i < elements; ++i)
    if (std::memcmp(from + i * bytes, &bits, bytes) != 0) return false;
  return true;
}

// Where rows lie: element i of row r at first(r) + i * column, in elements.
struct Geometry {
  std::size_t rows = 0, cols = 0, inner = 1, pitch = 0; // as in Layout (impl/implementation.hpp)
  std::size_t first(std::size_t r) const { return r / inner * pitch + r % inner; }
  // No gap follows the last row: the buffer ends with its last element.
  std::size_t span() const { return rows == 0 || cols == 0 ? 0 : (rows / inner - 1) * pitch + cols * inner; }
  bool is_packed() const { return inner == 1 && pitch == cols; }
};

void spread(const std::byte* from, std::byte* to, const Geometry& g, Format format) {
  const std::size_t bytes = storage_bytes(format);
  if (g.is_packed()) {
    if (g.rows * g.cols > 0) std::memcpy(to, from, g.rows * g.cols * bytes);
    return;
  }
  fill(to, g.span(), format, untouched_bits(format));
  for (std::size_t r = 0; r < g.rows; ++r)
    for (std::size_t i = 0; i < g.cols; ++i)
      std::memcpy(to + (g.first(r) + i * g.inner) * bytes, from + (r * g.cols + i) * bytes, bytes);
}

void collect(const std::byte* from, std::byte* to, const Geometry& g, Format format) {
  const std::size_t bytes = storage_bytes(format);
  if (g.is_packed()) {
    if (g.rows * g.cols > 0) std::memcpy(to, from, g.rows * g.cols * bytes);
    return;
  }
  for (std::size_t r = 0; r < g.rows; ++r)
    for (std::size_t i = 0; i < g.cols; ++i)
      std::memcpy(to + (r * g.cols + i) * bytes, from + (g.first(r) + i * g.inner) * bytes, bytes);
}

// --- Faults of memory ------------------------------------------------------------------------------------------------

// What the handler needs to know. One serving thread; other threads of the process are its callers or the library's own.
struct InFlight {
  const Buffers* buffers = nullptr; // null: no call is being made
  const Wire* wire = nullptr;
  FrameHeader header;
};
InFlight in_flight;

// Of the calling thread. Known for the serving thread and the callers; threads of the library's own have none.
struct Stack {
  std::byte* lowest = nullptr;
  std::byte* highest = nullptr;
};
thread_local Stack own_stack;

// Text without allocation, in a signal handler.
class ShortText {
public:
  ShortText& operator<<(const char* text) {
    while (*text != '\0' && size_ < text_.size()) text_[size_++] = *text++;
    return *this;
  }
  ShortText& operator<<(std::size_t number) {
    std::array<char, 24> digits;
    std::size_t count = 0;
    do digits[count++] = static_cast<char>('0' + number % 10);
    while ((number /= 10) != 0);
    while (count > 0 && size_ < text_.size()) text_[size_++] = digits[--count];
    return *this;
  }
  const char* data() const { return text_.data(); }
  std::size_t size() const { return size_; }

private:
  std::array<char, 256> text_{};
  std::size_t size_ = 0;
};

// Several threads may fault at once; one of them tells.
void wait_if_told() {
  static std::atomic_flag told;
  if (told.test_and_set())
    for (;;) pause();
}

[[noreturn]] void tell_and_end(Deed deed, const ShortText& text) {
  wait_if_told();
  Deeds deeds;
  deeds.add(deed);
  FrameHeader header = in_flight.header;
  header.kind = FrameKind::error;
  header.flags = deeds.bits();
  header.payload_bytes = text.size();
  pass_on_prints(*in_flight.wire);
  write_all(in_flight.wire->out, &header, sizeof header);
  write_all(in_flight.wire->out, text.data(), text.size());
  _exit(0);
}

bool was_a_write([[maybe_unused]] const void* context) {
#if defined(__x86_64__) && defined(REG_ERR)
  return (static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_ERR] & 2) != 0;
#else
  return false;
#endif
}

// Where the stack ended when it happened.
const std::byte* stack_pointer_in([[maybe_unused]] const void* context) {
#if defined(__x86_64__) && defined(REG_RSP)
  return reinterpret_cast<const std::byte*>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  return reinterpret_cast<const std::byte*>(static_cast<const ucontext_t*>(context)->uc_mcontext.sp);
#else
  return nullptr;
#endif
}

// Between the end of the frames that are in use, which may have been moved far below the stack at once, and its other end.
bool is_end_of_stack(const std::byte* at, const void* context) {
  constexpr std::ptrdiff_t below_the_pointer = 65536, near_the_stack = std::ptrdiff_t{16} << 20;
  if (!own_stack.lowest || at >= own_stack.highest) return false;
  const std::byte* const pointer = stack_pointer_in(context);
  return pointer ? pointer - at < below_the_pointer : own_stack.lowest - at < near_the_stack;
}

void on_fault(int signal, siginfo_t* info, void* context) {
  const auto give_up = [signal] { // to whoever waits, as the signal that it is
    if (in_flight.wire) pass_on_prints(*in_flight.wire);
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    sigaction(signal, &by_default, nullptr);
    raise(signal);
  };
  if (!in_flight.buffers || (signal != SIGSEGV && signal != SIGBUS)) return give_up();
  const auto* at = static_cast<const std::byte*>(info->si_addr);
  const bool writes = was_a_write(context);
  for (const NamedBuffer& named : named_buffers) {
    const GuardedBuffer::Position position = (in_flight.buffers->*named.buffer).position_of(at);
    ShortText text;
    switch (position.where) {
      case GuardedBuffer::Where::elsewhere: continue;
      case GuardedBuffer::Where::inside:
        if (!named.is_input || !writes) return give_up();
        tell_and_end(Deed::writes_input, text << "wrote to its input " << named.name << ", at byte " << position.bytes);
      case GuardedBuffer::Where::before:
        tell_and_end(writes ? Deed::writes_outside : Deed::reads_outside,
                     text << (writes ? "wrote " : "read ") << position.bytes << " bytes before the beginning of "
                          << named.name);
      case GuardedBuffer::Where::after:
        tell_and_end(writes ? Deed::writes_outside : Deed::reads_outside, text << (writes ? "wrote " : "read ") << "at byte "
                                                                               << position.bytes << " after the end of "
                                                                               << named.name);
    }
  }
  if (is_end_of_stack(at, context)) {
    ShortText text;
    tell_and_end(Deed::exceeds_stack, text << "used more than its stack of "
                                           << static_cast<std::size_t>(own_stack.highest - own_stack.lowest) / 1024 << " KiB");
  }
  give_up();
}

// Another stack for what happens at the end of the usual one. The thread gets back the one that it had, before this one is freed.
class OtherStack {
public:
  OtherStack() : bytes_(65536) {
    stack_t stack{};
    stack.ss_sp = bytes_.data();
    stack.ss_size = bytes_.size();
    sigaltstack(&stack, &before_);
  }
  ~OtherStack() { sigaltstack(&before_, nullptr); }
  OtherStack(const OtherStack&) = delete;
  OtherStack& operator=(const OtherStack&) = delete;

private:
  std::vector<std::byte> bytes_;
  stack_t before_{};
};

// To be called once a thread; lives as long as it.
void prepare_for_end_of_stack() {
  thread_local const OtherStack other_stack;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* lowest = nullptr;
  std::size_t size = 0;
  if (pthread_attr_getstack(&attributes, &lowest, &size) == 0)
    own_stack = {static_cast<std::byte*>(lowest), static_cast<std::byte*>(lowest) + size};
  pthread_attr_destroy(&attributes);
}

void catch_faults() {
  prepare_for_end_of_stack();
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigaction(signal, &action, nullptr);
}

// --- One call --------------------------------------------------------------------------------------------------------

// Something other than results to tell.
struct Instead {
  FrameKind kind;
  std::string text;
  Deeds deeds;
};

struct Asked {
  Operation operation;
  Format x_format, y_format;
  std::size_t rows, cols;
  Inputs inputs;
  WireConditions conditions;
  bool is_watched;
};

class Server {
public:
  Server(Wire& wire, const Callee& callee, const Sighting& at_start, const ServeOptions& options)
      : wire_(wire), callee_(callee), at_start_(at_start), options_(options) {}

  // Writes the results, row-major without gaps. Throws Instead.
  WireObservations call(const Asked& asked, std::byte* results, Sighting& sighting) {
    const Format x_format = asked.x_format, y_format = asked.y_format;
    const auto fence = static_cast<Fence>(asked.conditions.fence);
    const std::size_t x_bytes = storage_bytes(x_format), y_bytes = storage_bytes(y_format);
    const std::size_t overread = fence == Fence::none ? 0 : options_.overread;
    const bool one_value = gives_one_value_a_row(asked.operation);
    const bool in_place = callee_.works_only_in_place || asked.conditions.in_place != 0;
    const Geometry of_x = geometry(asked), of_y = geometry_of_results(asked, in_place);
    const std::uint64_t prefill = prefill_bits(static_cast<Prefill>(asked.conditions.prefill), y_format);

    // What earlier calls left beside buffers that this one does not have is not its doing.
    for (const NamedBuffer& named : named_buffers) (buffers_.*named.buffer).forget_pattern();
    const auto placed_input = [&](GuardedBuffer& buffer, const std::byte* from, bool writable) {
      std::byte* const placed = buffer.place(of_x.span() * x_bytes, fence, asked.conditions.misplaced * x_bytes, overread);
      if (from)
        spread(from, placed, of_x, x_format);
      else
        std::memset(placed, 0, of_x.span() * x_bytes);
      if (!writable && fence != Fence::none) buffer.set_writable(false);
      return placed;
    };
    CalleeCall call{};
    call.size = sizeof(softmax_audit_call);
    call.operation = static_cast<std::uint32_t>(asked.operation);
    call.format_of_x = static_cast<std::uint32_t>(x_format);
    call.format_of_y = static_cast<std::uint32_t>(y_format);
    call.rows = asked.rows;
    call.cols = asked.cols;
    call.scale = asked.inputs.scale;
    std::byte* const x = placed_input(buffers_.x, asked.inputs.x, in_place);
    std::byte* y = x;
    if (!in_place) {
      y = buffers_.y.place(of_y.span() * y_bytes, fence, asked.conditions.misplaced * y_bytes, overread);
      fill(y, of_y.span(), y_format, prefill);
    }
    call.x = x;
    call.y = y;
    call.x_row = static_cast<std::ptrdiff_t>(of_x.inner > 1 ? 1 : of_x.pitch);
    call.x_col = static_cast<std::ptrdiff_t>(of_x.inner);
    call.y_row = static_cast<std::ptrdiff_t>(one_value ? 1 : of_y.inner > 1 ? 1 : of_y.pitch);
    call.y_col = static_cast<std::ptrdiff_t>(one_value ? 1 : of_y.inner);
    if (callee_.takes_mask && library_wants_mask(asked)) call.mask = placed_input(buffers_.mask, asked.inputs.mask, false);
    if (asked.inputs.dy) call.dy = placed_input(buffers_.dy, asked.inputs.dy, false);
    if (asked.inputs.target) {
      const std::size_t bytes = asked.rows * sizeof(std::int64_t);
      std::byte* const placed = buffers_.target.place(bytes, fence, 0, overread);
      if (bytes > 0) std::memcpy(placed, asked.inputs.target, bytes);
      if (fence != Fence::none) buffers_.target.set_writable(false);
      call.target = reinterpret_cast<const std::int64_t*>(placed);
    }
    if (callee_.work) {
      std::byte* const placed = buffers_.work.place(of_x.span() * storage_bytes(*callee_.work), fence, 0, overread);
      fill(placed, of_x.span(), *callee_.work, untouched_bits(*callee_.work));
      call.work = placed;
    }
    if (asked.conditions.second_results != 0)
      for (auto [buffer, place] : {std::pair{&buffers_.maximum, &call.maximum}, std::pair{&buffers_.sum, &call.sum}}) {
        std::byte* const placed = buffer->place(asked.rows * y_bytes, fence, 0, overread);
        fill(placed, asked.rows, y_format, untouched_bits(y_format));
        *place = placed;
      }
    WireObservations seen = call_watched(asked, call, sighting);
    collect(y, results, of_y, y_format);
    if (asked.conditions.second_results != 0 && asked.rows > 0) {
      std::byte* const after = results + asked.rows * results_of_row(asked.operation, asked.cols) * y_bytes;
      std::memcpy(after, call.maximum, asked.rows * y_bytes);
      std::memcpy(after + asked.rows * y_bytes, call.sum, asked.rows * y_bytes);
    }
    if (fence != Fence::none) look_for_writes(of_y, in_place ? untouched_bits(x_format) : prefill, y, y_format, sighting);
    if (asked.conditions.repeats > 1 || asked.conditions.callers > 1) {
      Watch watch(wire_, false);
      if (asked.conditions.repeats > 1) seen.nanoseconds = median_time(asked, call);
      if (asked.conditions.callers > 1) seen.differing = call_from_threads(asked, call, prefill);
      watch.finish(sighting);
    }
    return seen;
  }

private:
  // A call string that has a mask gets one; a plugin only when one is asked for.
  bool library_wants_mask(const Asked& asked) const { return callee_.odd_mask || asked.inputs.mask != nullptr; }

  Geometry geometry(const Asked& asked) const {
    const std::size_t inner = asked.conditions.inner;
    if (inner > 1) return {asked.rows, asked.cols, inner, asked.cols * inner + asked.conditions.gap};
    // Distances between rows that differ from each other and from cols, so that a function that confuses them is found.
    const std::size_t gap = asked.conditions.gap > 0 ? asked.conditions.gap : callee_.odd_strides ? 3 : 0;
    return {asked.rows, asked.cols, 1, asked.cols + gap};
  }

  Geometry geometry_of_results(const Asked& asked, bool in_place) const {
    if (gives_one_value_a_row(asked.operation)) return {asked.rows, 1, 1, 1};
    Geometry of_y = geometry(asked);
    // Blocks of several rows lie where those of x do: run_blocks moves all buffers by the same distance.
    const bool can_differ = callee_.odd_strides && !callee_.takes_one_row_stride && !in_place && of_y.inner == 1;
    if (can_differ && of_y.pitch > asked.cols) of_y.pitch += 2;
    return of_y;
  }

  // Along an axis that has others behind it, rows of one block lie side by side, one apart; each block is a call.
  int run_blocks(const Asked& asked, const CalleeCall& call) const {
    const std::size_t inner = asked.conditions.inner;
    if (inner == 1) return callee_.run(call);
    const std::size_t pitch = geometry(asked).pitch;
    const auto moved = [](auto* from, std::size_t elements, Format format) {
      using Byte = std::conditional_t<std::is_const_v<std::remove_pointer_t<decltype(from)>>, const std::byte, std::byte>;
      return from ? static_cast<decltype(from)>(static_cast<Byte*>(from) + elements * storage_bytes(format)) : nullptr;
    };
    for (std::size_t first = 0; first < asked.rows; first += inner) {
      CalleeCall block = call;
      const std::size_t at = first / inner * pitch;
      block.rows = inner;
      block.x = moved(call.x, at, asked.x_format);
      block.mask = moved(call.mask, at, asked.x_format);
      block.dy = moved(call.dy, at, asked.x_format);
      block.y = moved(call.y, gives_one_value_a_row(asked.operation) ? first : at, asked.y_format);
      block.target = call.target ? call.target + first : nullptr;
      block.maximum = moved(call.maximum, first, asked.y_format);
      block.sum = moved(call.sum, first, asked.y_format);
      if (const int refused = callee_.run(block)) return refused;
    }
    return SOFTMAX_AUDIT_DONE;
  }

  WireObservations call_watched(const Asked& asked, const CalleeCall& call, Sighting& sighting) {
    Watch watch(wire_, asked.is_watched && asked.conditions.fence != 0);
    WireObservations seen;
    int refused = 0;
    std::optional<std::string> thrown, cannot_ask;
    std::feclearexcept(FE_ALL_EXCEPT);
    try {
      refused = run_blocks(asked, call);
    } catch (const CannotAsk& reason) {
      cannot_ask = reason.what();
    } catch (const std::exception& exception) {
      thrown = exception.what();
    } catch (...) {
      thrown = "something that is no std::exception";
    }
    seen.flags = static_cast<std::uint32_t>(std::fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW));
    watch.finish(sighting);
    if (cannot_ask) throw Instead{FrameKind::refused, *cannot_ask, {}};
    if (thrown) {
      Deeds deeds;
      deeds.add(Deed::leaves_otherwise);
      throw Instead{FrameKind::error, fmt::format("{} threw: {}", callee_.name, *thrown), deeds};
    }
    if (refused != SOFTMAX_AUDIT_DONE)
      throw Instead{FrameKind::refused, fmt::format("{} returned {}", callee_.name, refused), {}};
    return seen;
  }

  void look_for_writes(const Geometry& of_y, std::uint64_t between, const std::byte* y, Format y_format,
                       Sighting& sighting) const {
    for (const NamedBuffer& named : named_buffers)
      if (const auto at = (buffers_.*named.buffer).written_outside())
        sighting.add(Deed::writes_outside, *at > 0
                                               ? fmt::format("wrote at byte {} after the end of {}", *at - 1, named.name)
                                               : fmt::format("wrote {} bytes before the beginning of {}", -*at, named.name));
    if (of_y.inner > 1 || of_y.pitch == of_y.cols || of_y.span() == 0) return;
    for (std::size_t r = 0; r + 1 < of_y.rows; ++r)
      if (!is_filled(y + (of_y.first(r) + of_y.cols) * storage_bytes(y_format), of_y.pitch - of_y.cols, y_format, between))
        return sighting.add(Deed::writes_outside, fmt::format("wrote between the rows of its results, after row {}", r));
  }

  double median_time(const Asked& asked, const CalleeCall& call) const {
    std::vector<double> times;
    const pid_t process = getpid();
    for (std::uint32_t k = 0; k < asked.conditions.repeats; ++k) {
      const auto begin = std::chrono::steady_clock::now();
      (void)run_blocks(asked, call);
      times.push_back(std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count());
      if (getpid() != process) _exit(0); // a copy of this process must not go on calling
    }
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2];
  }

  // Each thread calls for one row of its own: alone, then again and again beside the others, which must change nothing.
  std::uint64_t call_from_threads(const Asked& asked, const CalleeCall& all, std::uint64_t prefill) {
    const std::size_t x_row = asked.cols * storage_bytes(asked.x_format);
    const std::size_t y_row = results_of_row(asked.operation, asked.cols) * storage_bytes(asked.y_format);
    std::atomic<std::uint64_t> differing = 0;
    std::atomic<std::uint32_t> ready = 0;
    std::mutex turn;
    const pid_t process = getpid();
    const auto caller = [&](std::uint32_t t) {
      prepare_for_end_of_stack();
      const std::size_t r = t % asked.rows;
      // Buffers as in every ordinary call, filled before each: what writes to them is the matter of other laws.
      Buffers& own_buffers = buffers_of_callers_[t];
      const auto placed = [](GuardedBuffer& buffer, std::size_t bytes) { return buffer.place(bytes, Fence::none, 0, 0); };
      std::byte* const x = placed(own_buffers.x, x_row);
      std::byte* const dy = placed(own_buffers.dy, asked.inputs.dy ? x_row : 0);
      std::byte* const mask = placed(own_buffers.mask, all.mask ? x_row : 0);
      std::byte* const target = placed(own_buffers.target, sizeof(std::int64_t));
      std::byte* const work = placed(own_buffers.work, callee_.work ? asked.cols * storage_bytes(*callee_.work) : 0);
      CalleeCall own = all;
      own.rows = 1;
      own.x = x;
      std::byte* const y = callee_.works_only_in_place ? x : placed(own_buffers.y, y_row);
      own.y = y;
      own.x_row = own.y_row = static_cast<std::ptrdiff_t>(asked.cols);
      own.x_col = own.y_col = 1;
      own.mask = all.mask ? mask : nullptr;
      own.dy = all.dy ? dy : nullptr;
      own.target = all.target ? reinterpret_cast<const std::int64_t*>(target) : nullptr;
      own.work = work;
      std::fenv_t before;
      std::fegetenv(&before);
      const auto call = [&] {
        std::memcpy(x, asked.inputs.x + r * x_row, x_row);
        if (asked.inputs.dy) std::memcpy(dy, asked.inputs.dy + r * x_row, x_row);
        if (all.mask) asked.inputs.mask ? std::memcpy(mask, asked.inputs.mask + r * x_row, x_row) : std::memset(mask, 0, x_row);
        if (asked.inputs.target) std::memcpy(target, asked.inputs.target + r * sizeof(std::int64_t), sizeof(std::int64_t));
        if (y != x) fill(y, results_of_row(asked.operation, asked.cols), asked.y_format, prefill);
        const int refused = callee_.run(own);
        if (getpid() != process) _exit(0); // a copy of this process must not go on calling
        std::fesetenv(&before);
        return refused == SOFTMAX_AUDIT_DONE;
      };
      // One after the other first: what the same thread gets from the same buffers when nobody else calls.
      std::vector<std::byte> alone;
      {
        const std::lock_guard one_at_a_time(turn);
        call();
        alone.assign(y, y + y_row);
      }
      for (++ready; ready < asked.conditions.callers;) std::this_thread::yield(); // all at once
      for (std::uint64_t k = 0; k < calls_of_each(asked.cols); ++k)
        if (!call() || std::memcmp(y, alone.data(), y_row) != 0) ++differing;
    };
    std::vector<std::thread> threads;
    while (buffers_of_callers_.size() < asked.conditions.callers) buffers_of_callers_.emplace_back();
    for (std::uint32_t t = 0; t < asked.conditions.callers; ++t) threads.emplace_back(caller, t);
    for (std::thread& thread : threads) thread.join();
    return differing;
  }

  Wire& wire_;
  const Callee& callee_;
  const Sighting& at_start_;
  const ServeOptions& options_;
  Buffers buffers_;
  std::deque<Buffers> buffers_of_callers_;

public:
  void begin(const FrameHeader& header) {
    in_flight.header = header;
    in_flight.wire = &wire_;
    in_flight.buffers = &buffers_;
  }
  void end() { in_flight.buffers = nullptr; }
  const Sighting& at_start() const { return at_start_; }
};

// --- Frames ----------------------------------------------------------------------------------------------------------

// The bytes that the header's numbers ask for; nothing when they overflow.
std::optional<std::size_t> product(std::size_t a, std::size_t b, std::size_t c) {
  std::size_t ab = 0, abc = 0;
  if (__builtin_mul_overflow(a, b, &ab) || __builtin_mul_overflow(ab, c, &abc)) return std::nullopt;
  return abc;
}

[[noreturn]] void complain(std::string text) { throw Instead{FrameKind::error, std::move(text), {}}; }

constexpr std::size_t most_empty_rows = std::size_t{1} << 16;

struct Sizes {
  std::size_t payload, results; // bytes
};

Sizes require_offered(const Callee& callee, const FrameHeader& header, bool second_results) {
  if (header.kind != FrameKind::call) complain("a frame that is not a call");
  const Format x_format = callee.format_of_x.value_or(header.format_of_y);
  if (std::ranges::find(callee.offers, Offer{header.operation, header.format_of_y}) == callee.offers.end() ||
      header.format_of_x != x_format)
    complain("that operation is not offered in those formats");
  const bool has_mask = (header.flags & flag_mask) != 0, has_dy = takes_upstream_gradient(header.operation),
             has_target = header.operation == Operation::cross_entropy;
  constexpr std::uint32_t known = flag_scale | flag_mask | flag_dy | flag_target | flag_conditions | flag_shared;
  if (((header.flags & flag_dy) != 0) != has_dy || ((header.flags & flag_target) != 0) != has_target ||
      (header.flags & ~known) != 0)
    complain(fmt::format("flags {} are not those of {}", header.flags, name(header.operation)));
  if ((header.flags & flag_scale) != 0 && !callee.takes_scale) complain("the call takes no scale");
  if (has_mask && !callee.takes_mask) complain("the call takes no mask");
  // They have no payload to be in proportion to.
  if (header.cols == 0 && header.rows > most_empty_rows) complain("more empty rows than anybody asks for");
  const std::size_t like_x = 1 + has_mask + has_dy, results = results_of_row(header.operation, header.cols);
  const auto inputs = product(header.rows, header.cols, like_x * storage_bytes(x_format));
  const auto targets = product(has_target ? header.rows : 0, 1, sizeof(std::int64_t));
  const auto y = product(header.rows, results + (second_results ? 2 : 0), storage_bytes(header.format_of_y));
  if (!inputs || !targets || !y || header.payload_bytes < *targets || header.payload_bytes - *targets != *inputs)
    complain(fmt::format("{} bytes of payload for {} rows of {}", header.payload_bytes, header.rows, header.cols));
  return {header.payload_bytes, *y};
}

Asked asked_by(const FrameHeader& header, const std::byte* payload, const WireConditions& conditions) {
  Asked asked{header.operation,   header.format_of_x,
              header.format_of_y, header.rows,
              header.cols,        {},
              conditions,         (header.flags & flag_conditions) != 0};
  const std::size_t x_bytes = header.rows * header.cols * storage_bytes(header.format_of_x);
  asked.inputs.scale = (header.flags & flag_scale) != 0 ? header.scale : 1;
  asked.inputs.x = payload;
  const std::byte* next = payload + x_bytes;
  const auto take = [&next](bool has, std::size_t bytes) {
    const std::byte* const taken = has ? next : nullptr;
    if (has) next += bytes;
    return taken;
  };
  asked.inputs.mask = take((header.flags & flag_mask) != 0, x_bytes);
  asked.inputs.dy = take((header.flags & flag_dy) != 0, x_bytes);
  asked.inputs.target = take((header.flags & flag_target) != 0, header.rows * sizeof(std::int64_t));
  return asked;
}

constexpr std::uint32_t most_repeats = 100000;
constexpr std::size_t most_elements_of_gaps = std::size_t{1} << 22;

void require_possible(const WireConditions& c, const Callee& callee, const FrameHeader& header) {
  if (c.fence > static_cast<std::uint32_t>(Fence::start) || c.prefill >= prefill_count || c.callers < 1 || c.callers > 64 ||
      c.repeats < 1 || c.inner < 1 || header.rows % c.inner != 0)
    complain("conditions that cannot be");
  // One value a row, or one of another size, cannot take the place of a logit.
  if (c.in_place != 0 && (gives_one_value_a_row(header.operation) || header.format_of_x != header.format_of_y))
    complain("in place, which this operation cannot be");
  const bool too_far = c.gap > (1u << 20) || c.misplaced > (1u << 12) || c.inner > (1u << 20);
  if (too_far || (c.gap > 0 && !callee.takes_row_stride && c.inner == 1) || (c.inner > 1 && !callee.takes_axis) ||
      (c.in_place != 0 && !callee.works_in_place && !callee.works_only_in_place) || (c.callers > 1 && !callee.takes_threads) ||
      (c.second_results != 0 && (!callee.gives_second_results || c.callers > 1)))
    complain("conditions that are not offered");
  // Each caller has a row of its own, and something in it; gaps are written to, and calls repeated, whatever the payload weighs.
  if ((c.callers > 1 && (header.rows == 0 || header.cols == 0)) || c.repeats > most_repeats ||
      (c.gap > 0 && header.rows / c.inner > most_elements_of_gaps / c.gap))
    complain("conditions that ask for too much");
}

std::string names_of(Abilities abilities) {
  std::string text;
  for (std::size_t a = 0; a < ability_names.size(); ++a)
    if (abilities.has(static_cast<Ability>(a))) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", ability_names[a]);
  return text;
}

std::string abilities_of(const Callee& callee) {
  Abilities abilities{Ability::alignment, Ability::flags,       Ability::fences, Ability::environment, Ability::streams,
                      Ability::processes, Ability::descriptors, Ability::timing, Ability::apart};
  if (!callee.works_only_in_place) abilities.add(Ability::prefill);
  if (callee.takes_threads) abilities.add(Ability::callers);
  if (!callee.offers_differ) {
    if (callee.works_in_place || callee.works_only_in_place) abilities.add(Ability::in_place);
    if (callee.takes_row_stride) abilities.add(Ability::row_stride);
    if (callee.takes_axis) abilities.add(Ability::axis);
    if (callee.takes_mask) abilities.add(Ability::mask);
  }
  return names_of(abilities);
}

std::string offers_of(const Callee& callee) {
  std::string text;
  for (const Offer& offer : callee.offers)
    text += fmt::format("{}[\"{}\", \"{}\", [{}]]", text.empty() ? "" : ", ", name(offer.operation), name(offer.format),
                        names_of(offer.abilities));
  return text;
}

template <class Value, class Member> std::string each_name_of(const std::vector<Offer>& offers, Member member) {
  std::vector<Value> values;
  std::string text;
  for (const Offer& offer : offers) {
    if (std::ranges::find(values, offer.*member) != values.end()) continue;
    values.push_back(offer.*member);
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", name(offer.*member));
  }
  return text;
}

// False at the end of the input.
bool shake_hands(const Wire& wire, const Callee& callee, SharedMemory& shared) {
  std::string hello;
  for (char c = 0; c != '\n'; hello += c)
    if (!read_exactly(wire.in, &c, 1)) return false;
  // The program's own line; a path of /proc needs no more of JSON than this.
  constexpr std::string_view key = "\"shared_memory\": \"";
  if (const std::size_t at = hello.find(key); at != std::string::npos)
    shared.open(hello.substr(at + key.size(), hello.find('"', at + key.size()) - at - key.size()));
  write_line(wire, fmt::format("{{\"softmax_audit\": {}, \"name\": {}, \"version\": {}, \"instruction_set\": {}, "
                               "\"operations\": [{}], \"formats\": [{}], \"offers\": [{}], \"scale\": {}, \"abilities\": [{}], "
                               "\"shared_memory\": {}{}}}",
                               protocol_version, json_text(callee.name), json_text(callee.version),
                               json_text(callee.instruction_set), each_name_of<Operation>(callee.offers, &Offer::operation),
                               each_name_of<Format>(callee.offers, &Offer::format), offers_of(callee), callee.takes_scale,
                               abilities_of(callee), shared.is_open(),
                               callee.format_of_x ? fmt::format(", \"format_of_x\": \"{}\"", name(*callee.format_of_x)) : ""));
  return true;
}

// False at the end of the input.
bool answer(Server& server, const Callee& callee, const Wire& wire, FrameHeader header, SharedMemory& shared,
            std::vector<std::byte>& payload, std::vector<std::byte>& results) {
  const bool is_shared = (header.flags & flag_shared) != 0, is_watched = (header.flags & flag_conditions) != 0;
  const auto reply = [&](FrameKind kind, std::uint32_t flags, const std::byte* bytes, std::size_t size, std::string_view more) {
    header.kind = kind;
    header.flags = flags;
    header.payload_bytes = size;
    write_all(wire.out, &header, sizeof header);
    write_all(wire.out, bytes, bytes ? size : 0);
    write_all(wire.out, more.data(), more.size());
  };
  Sighting sighting = server.at_start();
  try {
    WireConditions conditions;
    if ((!is_shared && !read_said(wire.in, payload, header.payload_bytes)) ||
        (is_watched && !read_exactly(wire.in, &conditions, sizeof conditions)))
      return false;
    if (is_shared && !shared.bytes(header.payload_bytes)) complain("the shared memory is smaller than the payload");
    const Sizes sizes = require_offered(callee, header, conditions.second_results != 0);
    if (is_watched) require_possible(conditions, callee, header);
    std::byte* const to = is_shared ? shared.bytes(std::max(sizes.payload, sizes.results)) : nullptr;
    if (is_shared && !to) complain("the shared memory is smaller than the results");
    if (!is_shared) results.resize(sizes.results);
    const Asked asked = asked_by(header, is_shared ? to : payload.data(), conditions);
    server.begin(header);
    WireObservations seen = server.call(asked, is_shared ? to : results.data(), sighting);
    server.end();
    seen.deeds = sighting.deeds.bits();
    seen.text_bytes = sighting.text.size();
    std::string more;
    if (is_watched) more = std::string(reinterpret_cast<const char*>(&seen), sizeof seen) + sighting.text;
    reply(FrameKind::result, header.flags & (flag_conditions | flag_shared), is_shared ? nullptr : results.data(),
          sizes.results, more);
  } catch (const Instead& instead) {
    server.end();
    reply(instead.kind, instead.deeds.bits(), nullptr, instead.text.size(), instead.text);
  } catch (const std::bad_alloc&) {
    server.end();
    const std::string_view text = "not enough memory for the buffers";
    reply(FrameKind::error, 0, nullptr, text.size(), text);
  }
  return true;
}

} // namespace

void report_error(const Wire& wire, const std::string& sentence) {
  write_line(wire, fmt::format("{{\"softmax_audit\": {}, \"error\": {}}}", protocol_version, json_text(sentence)));
}

void serve(Wire& wire, const Callee& callee, const Sighting& at_start, const ServeOptions& options) {
  SharedMemory shared;
  if (!shake_hands(wire, callee, shared)) return;
  if (options.catches_faults) catch_faults();
  Server server(wire, callee, at_start, options);
  std::vector<std::byte> payload, results;
  for (FrameHeader header; read_exactly(wire.in, &header, sizeof header);) {
    if (header.magic != frame_magic) throw std::runtime_error("runner: the program sent something that is not a frame");
    if (!answer(server, callee, wire, header, shared, payload, results)) return;
  }
}

} // namespace softmax_audit
