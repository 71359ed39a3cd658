// Memory with pages around it that nobody may touch, and a pattern between them and the buffer that tells who wrote there.
#pragma once

#include "impl/subject.hpp"

#include <cstddef>
#include <optional>

namespace softmax_audit {

// Owns its pages. Keeps them between uses and grows on demand.
class GuardedBuffer {
public:
  GuardedBuffer() = default;
  ~GuardedBuffer();
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;

  // `bytes` writable bytes where the fence says; their contents are unspecified, and what was placed before is gone. Without a fence
  // the buffer begins `misplaced` bytes after a 64-byte boundary. `overread` more bytes after its end may be read. What surrounds
  // the buffer up to the fence reads as NaN in every format. Throws std::bad_alloc.
  std::byte* place(std::size_t bytes, Fence fence, std::size_t misplaced, std::size_t overread);

  // For the whole buffer. Throws std::system_error.
  void set_writable(bool writable);

  // Nothing is known to have been around it any more: written_outside gives nothing until it is placed again.
  void forget_pattern() {
    pattern_begin_ = begin_;
    pattern_end_ = end_;
  }

  // Has something been written near the buffer but outside? Bytes from its end (positive) or before its beginning (negative).
  std::optional<std::ptrdiff_t> written_outside() const;

  // An address in terms of the buffer.
  enum class Where { elsewhere, before, inside, after };
  struct Position {
    Where where = Where::elsewhere;
    std::size_t bytes = 0; // from the beginning (before, inside) or from the end (after)
  };
  Position position_of(const void* address) const; // safe in a signal handler

private:
  std::byte* pages_ = nullptr; // guard, capacity_, guard
  std::size_t capacity_ = 0;
  bool is_writable_ = true;
  std::byte *begin_ = nullptr, *end_ = nullptr;
  std::byte *pattern_begin_ = nullptr, *pattern_end_ = nullptr;
};

} // namespace softmax_audit
