// The worker protocol, version 1: what travels between the program and the process of a subject.
//
// One JSON line each way, then binary frames, little-endian, one answer a call. A frame is a header of 64 bytes and a
// payload: of a call, the logits in the storage of their own format, row-major, then what the flags announce (mask and
// upstream gradient like the logits, targets as one i64 a row); of a result, the results, one a row where the operation
// gives one; of a refusal or an error, text. An answer echoes the sequence number of its call.
//
// Beyond the first version, offered in the handshake and never used without:
//   "abilities"       a call may carry conditions (how it is to be made) after its payload, and its result then carries
//                     observations (what was seen of it) and their text after its own; an error may bear deeds in its flags
//   "shared_memory"   payloads of either direction may lie at the beginning of a file that both have mapped
#pragma once

#include "oracles/format.hpp"
#include "oracles/problem.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace softmax_audit {

static_assert(std::endian::native == std::endian::little, "frames are copied to the wire as they lie in memory");

inline constexpr std::uint32_t frame_magic = 0x31414D53; // "SMA1"
inline constexpr int protocol_version = 1;

enum class FrameKind : std::uint32_t { call, result, refused, error };

enum FrameFlags : std::uint32_t {
  flag_scale = 1,
  flag_mask = 2,
  flag_dy = 4,
  flag_target = 8,
  flag_conditions = 16, // of a call: conditions follow its payload; of a result: observations do
  flag_shared = 32,     // the payload lies in the shared memory; conditions, observations and texts never do
};

struct FrameHeader {
  std::uint32_t magic = frame_magic;
  FrameKind kind = FrameKind::call;
  std::uint64_t sequence = 0;
  Operation operation = Operation::softmax;
  Format format_of_x = Format::f32;
  Format format_of_y = Format::f32;
  std::uint32_t flags = 0;
  std::uint64_t rows = 0;
  std::uint64_t cols = 0;
  double scale = 1;
  std::uint64_t payload_bytes = 0;
};
static_assert(sizeof(FrameHeader) == 64 && std::is_trivially_copyable_v<FrameHeader>);

// How a call is to be made: Placement (impl/subject.hpp), whose enumerators are numbered in their order.
struct WireConditions {
  std::uint32_t fence = 0, prefill = 0, in_place = 0, callers = 1;
  std::uint64_t inner = 1, gap = 0, misplaced = 0;
  std::uint32_t repeats = 1;
  std::uint32_t second_results = 0; // maxima and sums of the rows follow the results, as many values of their format each
  std::uint32_t reserved[4]{};
};
static_assert(sizeof(WireConditions) == 64 && std::is_trivially_copyable_v<WireConditions>);

// What was seen of it: Answer. `deeds` are bits in the order of Deed; a text of `text_bytes` follows.
struct WireObservations {
  std::uint32_t deeds = 0, flags = 0;
  std::uint64_t differing = 0;
  double nanoseconds = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t reserved[4]{};
};
static_assert(sizeof(WireObservations) == 64 && std::is_trivially_copyable_v<WireObservations>);

// The exit status of a process whose wire was closed under it, which cannot say so in any other way.
inline constexpr int wire_is_gone = 86;

constexpr std::size_t storage_bytes(Format format) { return static_cast<std::size_t>(traits(format).storage_bits) / 8; }

} // namespace softmax_audit
