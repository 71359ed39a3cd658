// What a worker says, as values: the line of its handshake and the frames of its answers. Functions of bytes that come from another
// process and may be anything.
#pragma once

#include "impl/foreign/wire.hpp"
#include "impl/subject.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

inline constexpr std::size_t longest_line = 65536;
inline constexpr std::size_t longest_text = 1048576;

struct Handshake {
  std::string name, version, instruction_set;
  std::vector<Offer> offers;
  bool takes_scale = false;
  bool shares_memory = false;
  Abilities abilities;               // what can be asked by conditions
  std::optional<Format> format_of_x; // where it differs from the format of the results
};

// The worker's own sentence about why it cannot serve, passed on as it is.
struct Reported : std::exception {
  std::string text;
  explicit Reported(std::string text_) : text(std::move(text_)) {}
  const char* what() const noexcept override { return text.c_str(); }
};

// Throws std::invalid_argument with one sentence about "its handshake", and Reported.
Handshake handshake_from(std::string_view line);

// What the answer to a call has to be.
struct Expected {
  std::uint64_t sequence;
  std::size_t result_bytes;
  bool observed; // its observations follow a result
  bool shared;   // the result itself does not travel
};

// Also as soon as it is known to be wrong, so that nobody waits for the payload of garbage.
bool is_complete(std::string_view received, const Expected& expected);

struct AnswerFrame {
  FrameKind kind = FrameKind::result;
  std::uint32_t flags = 0;
  std::string text;                   // of a refusal or an error, or what observations say; printable
  std::span<const std::byte> results; // in what was received; empty where they lie in the shared memory
  WireObservations seen;              // where they were expected
};

// Requires is_complete(received, expected). Throws std::invalid_argument with what the worker did: "answered with ...".
AnswerFrame answer_from(std::string_view received, const Expected& expected);

} // namespace softmax_audit
