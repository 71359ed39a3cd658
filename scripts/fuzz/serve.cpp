// What the runner and embedded test programs are sent. The first byte says what the callee can, the second whether the rest goes onto the
// wire as it is, or describes calls that are put together here and whose results are compared, bit for bit, with what the callee computes.
// Whatever comes, what is answered is a handshake and whole frames, one for each call; an honest callee is never seen to do anything.
#include "impl/foreign/answers.hpp"
#include "impl/foreign/serve.hpp"
#include "scripts/fuzz/fuzz.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace softmax_audit {
namespace {

constexpr std::size_t shared_bytes = std::size_t{1} << 16;
constexpr std::string_view hello = "{\"softmax_audit\": 1}\n";

struct Ends {
  Wire wire;
  int shared = -1;
  std::byte* region = nullptr;
};

Ends& ends() {
  static Ends all = [] {
    const auto file = [] { return fcntl(memfd_create("wire", MFD_CLOEXEC), F_DUPFD_CLOEXEC, 500); };
    Ends made;
    made.wire.in = file();
    made.wire.out = file();
    made.wire.spare_in = fcntl(made.wire.in, F_DUPFD_CLOEXEC, 500);
    made.wire.spare_out = fcntl(made.wire.out, F_DUPFD_CLOEXEC, 500);
    made.wire.printed = file();
    made.shared = file();
    fuzz::require(made.shared >= 0 && ftruncate(made.shared, shared_bytes) == 0, "there is no file in memory");
    void* mapped = mmap(nullptr, shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, made.shared, 0);
    fuzz::require(mapped != MAP_FAILED, "there is no shared memory");
    made.region = static_cast<std::byte*>(mapped);
    return made;
  }();
  return all;
}

// --- A callee that does what it should -------------------------------------------------------------------------------

// Not a softmax: what it gives for an element depends on every byte that belongs to it.
std::uint8_t mixed(std::uint8_t so_far, const void* from, std::size_t bytes) {
  const auto* next = static_cast<const std::uint8_t*>(from);
  for (std::size_t i = 0; i < bytes; ++i) so_far = static_cast<std::uint8_t>(so_far * 31 + next[i]);
  return so_far;
}

struct Row { // of one call or of a packed payload; null where there is none
  const std::byte *x, *mask, *dy, *target;
  std::ptrdiff_t x_col;
};

std::uint8_t element_of(const Row& row, std::size_t i, std::size_t x_bytes) {
  const auto at = static_cast<std::ptrdiff_t>(i * x_bytes) * row.x_col;
  std::uint8_t value = mixed(1, row.x + at, x_bytes);
  if (row.mask) value = mixed(value, row.mask + at, x_bytes);
  if (row.dy) value = mixed(value, row.dy + at, x_bytes);
  return row.target ? mixed(value, row.target, sizeof(std::int64_t)) : value;
}

// In place an element may already be what the last call left.
std::vector<std::uint8_t> results_of(const Row& row, Operation operation, std::size_t cols, std::size_t x_bytes) {
  std::vector<std::uint8_t> results;
  std::uint8_t all = 0;
  for (std::size_t i = 0; i < cols; ++i) {
    results.push_back(element_of(row, i, x_bytes));
    all = static_cast<std::uint8_t>(all * 7 + results.back());
  }
  if (gives_one_value_a_row(operation)) results.assign(1, all);
  return results;
}

int run(const CalleeCall& call) {
  const auto bytes_of = [](std::uint32_t format) { return storage_bytes(static_cast<Format>(format)); };
  const std::size_t x_bytes = bytes_of(call.format_of_x), y_bytes = bytes_of(call.format_of_y);
  const auto operation = static_cast<Operation>(call.operation);
  for (std::size_t r = 0; r < call.rows; ++r) {
    const std::ptrdiff_t x_at = static_cast<std::ptrdiff_t>(r * x_bytes) * call.x_row;
    const auto moved = [&](const void* from) { return from ? static_cast<const std::byte*>(from) + x_at : nullptr; };
    const Row row{moved(call.x), moved(call.mask), moved(call.dy),
                  call.target ? reinterpret_cast<const std::byte*>(call.target + r) : nullptr, call.x_col};
    const std::vector<std::uint8_t> results = results_of(row, operation, call.cols, x_bytes);
    for (std::size_t i = 0; i < results.size(); ++i)
      std::memset(static_cast<std::byte*>(call.y) +
                      static_cast<std::ptrdiff_t>(y_bytes) *
                          (static_cast<std::ptrdiff_t>(r) * call.y_row + static_cast<std::ptrdiff_t>(i) * call.y_col),
                  results[i], y_bytes);
    for (void* second : {call.maximum, call.sum})
      if (second) std::memset(static_cast<std::byte*>(second) + r * y_bytes, 0, y_bytes);
  }
  return SOFTMAX_AUDIT_DONE;
}

Callee callee_of(std::uint8_t kind) {
  const auto has = [kind](unsigned bit) { return ((kind >> bit) & 1u) != 0; };
  Callee callee;
  callee.name = "fuzz \"callee\"";
  callee.version = "1\n2";
  for (std::size_t k = 0; k < operation_names.size(); ++k)
    for (const Format format : formats) callee.offers.push_back({static_cast<Operation>(k), format});
  callee.offers_differ = has(0);
  callee.takes_scale = callee.takes_mask = has(1);
  callee.works_in_place = has(2);
  callee.takes_row_stride = has(3);
  callee.takes_one_row_stride = has(3) && has(0);
  callee.takes_axis = has(4);
  callee.gives_second_results = has(5);
  callee.takes_threads = has(6);
  callee.odd_strides = has(3) && has(7);
  callee.odd_mask = has(1) && has(7);
  if (has(7)) callee.work = Format::f64;
  if (has(7) && !has(2)) callee.format_of_x = Format::f32;
  callee.run = run;
  return callee;
}

// --- Calls that are put together -------------------------------------------------------------------------------------

struct Call {
  FrameHeader header;
  std::string payload;
  WireConditions conditions;
  bool is_shared = false, is_watched = false;
};

Call call_from(fuzz::Taker& taker, std::uint64_t sequence) {
  Call call;
  FrameHeader& header = call.header;
  header.sequence = sequence;
  header.operation = static_cast<Operation>(taker.below(operation_names.size()));
  header.format_of_y = static_cast<Format>(taker.below(formats.size()));
  header.format_of_x = taker.below(4) == 0 ? Format::f32 : header.format_of_y;
  const std::uint8_t bits = taker.byte();
  header.rows = taker.below(9);
  header.cols = taker.byte();
  if ((bits & 1) != 0) header.flags |= flag_scale;
  if ((bits & 2) != 0) header.flags |= flag_mask;
  if (takes_upstream_gradient(header.operation)) header.flags |= flag_dy;
  if (header.operation == Operation::cross_entropy) header.flags |= flag_target;
  call.is_shared = (bits & 4) != 0;
  call.is_watched = (bits & 8) != 0;
  if (call.is_shared) header.flags |= flag_shared;
  if (call.is_watched) header.flags |= flag_conditions;
  header.scale = 0.5;
  const std::size_t like_x = 1 + ((header.flags & flag_mask) != 0) + ((header.flags & flag_dy) != 0);
  std::size_t size = header.rows * header.cols * storage_bytes(header.format_of_x) * like_x;
  if ((header.flags & flag_target) != 0) size += header.rows * sizeof(std::int64_t);
  const std::uint8_t first = taker.byte();
  for (std::size_t i = 0; i < size; ++i) call.payload += static_cast<char>(first + i * i);
  header.payload_bytes = size;
  if (call.is_watched) {
    call.conditions.fence = static_cast<std::uint32_t>(taker.below(4));
    call.conditions.prefill = static_cast<std::uint32_t>(taker.below(prefill_count));
    call.conditions.in_place = (bits >> 4) & 1u;
    call.conditions.second_results = (bits >> 5) & 1u;
    call.conditions.callers = (bits & 64) != 0 ? static_cast<std::uint32_t>(1 + taker.below(4)) : 1;
    call.conditions.repeats = (bits & 128) != 0 ? static_cast<std::uint32_t>(1 + taker.below(16)) : 1;
    call.conditions.inner = 1 + taker.below(5);
    call.conditions.gap = taker.below(20);
    call.conditions.misplaced = taker.below(70);
  }
  return call;
}

// What the callee gives for the packed payload, in the place of the results of the whole call.
std::string results_due(const Call& call) {
  const FrameHeader& header = call.header;
  const std::size_t x_bytes = storage_bytes(header.format_of_x), y_bytes = storage_bytes(header.format_of_y);
  const auto* next = reinterpret_cast<const std::byte*>(call.payload.data());
  const auto part = [&](bool has, std::size_t size) {
    const std::byte* const begin = has ? next : nullptr;
    if (has) next += size;
    return begin;
  };
  const std::size_t all = header.rows * header.cols * x_bytes;
  const std::byte* const x = part(true, all);
  const std::byte* const mask = part((header.flags & flag_mask) != 0, all);
  const std::byte* const dy = part((header.flags & flag_dy) != 0, all);
  const std::byte* const target = part((header.flags & flag_target) != 0, header.rows * sizeof(std::int64_t));
  std::string results;
  for (std::size_t r = 0; r < header.rows; ++r) {
    const auto moved = [&](const std::byte* from) { return from ? from + r * header.cols * x_bytes : nullptr; };
    const Row row{moved(x), moved(mask), moved(dy), target ? target + r * sizeof(std::int64_t) : nullptr, 1};
    for (const std::uint8_t value : results_of(row, header.operation, header.cols, x_bytes))
      results.append(y_bytes, static_cast<char>(value));
  }
  return results;
}

// --- The conversation ------------------------------------------------------------------------------------------------

// Everything that is sent at once; gives everything that is answered.
std::string answered(const Callee& callee, std::string_view sent) {
  Ends& all = ends();
  for (const int file : {all.wire.in, all.wire.out})
    fuzz::require(ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0, "lseek");
  fuzz::require(pwrite(all.wire.in, sent.data(), sent.size(), 0) == static_cast<ssize_t>(sent.size()), "pwrite");
  try {
    ServeOptions options;
    options.catches_faults = false;
    serve(all.wire, callee, {}, options);
  } catch (const std::runtime_error& error) {
    fuzz::require(std::string_view(error.what()) == "runner: the program sent something that is not a frame", error.what());
  }
  std::string answer(static_cast<std::size_t>(lseek(all.wire.out, 0, SEEK_END)), '\0');
  fuzz::require(pread(all.wire.out, answer.data(), answer.size(), 0) == static_cast<ssize_t>(answer.size()), "pread");
  return answer;
}

struct Frames {
  std::string_view rest;
  // The next frame, header and all, whose result may lie in the shared memory.
  std::string_view next(FrameHeader& header) {
    fuzz::require(rest.size() >= sizeof header, "an answer ends within its header");
    std::memcpy(static_cast<void*>(&header), rest.data(), sizeof header);
    fuzz::require(header.magic == frame_magic, "an answer is no frame");
    std::size_t size = sizeof header;
    const bool is_result = header.kind == FrameKind::result;
    if (!is_result || (header.flags & flag_shared) == 0) size += header.payload_bytes;
    if (is_result && (header.flags & flag_conditions) != 0) {
      WireObservations seen;
      fuzz::require(rest.size() >= size + sizeof seen, "an answer ends within its observations");
      std::memcpy(static_cast<void*>(&seen), rest.data() + size, sizeof seen);
      size += sizeof seen + seen.text_bytes;
    }
    fuzz::require(rest.size() >= size, "an answer is not whole");
    const std::string_view frame = rest.substr(0, size);
    rest.remove_prefix(size);
    return frame;
  }
};

Frames frames_after_handshake(std::string_view answer) {
  const std::size_t end = answer.find('\n');
  fuzz::require(end != std::string_view::npos, "there is no handshake");
  try {
    fuzz::require(handshake_from(answer.substr(0, end)).name == "fuzz \"callee\"", "the handshake names another callee");
  } catch (const Reported& error) {
    fuzz::require(std::string_view(error.what()).starts_with("call: it reads f32"), error.what());
  }
  return {answer.substr(end + 1)};
}

void ask_as_it_is(const Callee& callee, std::string_view frames) {
  const std::string answer = answered(callee, std::string(hello) + std::string(frames));
  Frames all = frames_after_handshake(answer);
  for (FrameHeader header; !all.rest.empty();) all.next(header);
}

void ask_one(const Callee& callee, const Call& call, const AnswerFrame& answer, const FrameHeader& header,
             std::string_view results) {
  const WireObservations& seen = answer.seen;
  fuzz::require(seen.deeds == 0 && answer.text.empty(), "an honest callee is seen to do something: " + answer.text);
  fuzz::require(seen.differing == 0, "an honest callee races with itself");
  if (call.conditions.second_results != 0) results.remove_suffix(2 * call.header.rows * storage_bytes(header.format_of_y));
  // The second of two calls in place finds what the first has left; a mask of zeros is not in the payload.
  const bool is_altered =
      call.is_watched && call.conditions.in_place != 0 && call.conditions.repeats + call.conditions.callers > 2;
  if (is_altered || (callee.odd_mask && (call.header.flags & flag_mask) == 0)) return;
  fuzz::require(results == results_due(call), "a callee's results come back differently");
}

void ask_put_together(const Callee& callee, fuzz::Taker& taker) {
  std::vector<Call> calls;
  while (!taker.rest().empty() && calls.size() < 4) calls.push_back(call_from(taker, calls.size() + 1));
  Ends& shared = ends();
  // One conversation each where the payload lies in the memory that the results are written to.
  for (const Call& call : calls) {
    std::string sent = "{\"softmax_audit\": 1, \"shared_memory\": \"/proc/self/fd/" + std::to_string(shared.shared) + "\"}\n";
    sent.append(reinterpret_cast<const char*>(&call.header), sizeof call.header);
    const std::string_view payload = call.payload;
    if (call.is_shared)
      std::copy_n(reinterpret_cast<const std::byte*>(payload.data()), std::min(payload.size(), shared_bytes), shared.region);
    else
      sent += payload;
    if (call.is_watched) sent.append(reinterpret_cast<const char*>(&call.conditions), sizeof call.conditions);
    const std::string answer = answered(callee, sent);
    Frames all = frames_after_handshake(answer);
    FrameHeader header;
    const std::string_view frame = all.next(header);
    fuzz::require(all.rest.empty(), "a call has two answers");
    const std::size_t results = call.header.rows *
                                (results_of_row(call.header.operation, call.header.cols) +
                                 (call.is_watched && call.conditions.second_results != 0 ? 2 : 0)) *
                                storage_bytes(call.header.format_of_y);
    const Expected expected{call.header.sequence, results, call.is_watched, call.is_shared};
    fuzz::require(is_complete(frame, expected), "the program would wait for more than the runner answers");
    const AnswerFrame read = answer_from(frame, expected);
    if (read.kind != FrameKind::result) continue; // what the callee does not offer
    const auto* const begin = call.is_shared ? shared.region : read.results.data();
    ask_one(callee, call, read, header, {reinterpret_cast<const char*>(begin), results});
  }
}

} // namespace

void fuzz::once(std::span<const std::uint8_t> bytes) {
  Taker taker(bytes);
  const Callee callee = callee_of(taker.byte());
  ends();
  const MemoryLimit limit((std::size_t{1} << 23) + 16 * bytes.size());
  if ((taker.byte() & 1) != 0)
    ask_as_it_is(callee, taker.rest());
  else
    ask_put_together(callee, taker);
}

} // namespace softmax_audit
