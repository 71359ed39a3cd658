// Memory whose end lies flush against a page that nobody may touch: one element past the end is a segmentation fault.
#pragma once

#include <cstddef>

namespace softmax_audit {

// Owns its pages, unreadable ones before and after them included. Keeps them between uses and grows on demand.
class GuardedBuffer {
public:
  GuardedBuffer() = default;
  ~GuardedBuffer();
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;

  // `bytes` writable bytes that end where the guard page begins; their contents are unspecified, and what was placed
  // before is gone. The address is a multiple of 64 only if bytes is. Throws std::bad_alloc.
  std::byte* place(std::size_t bytes);

  // For the whole buffer. Throws std::system_error.
  void set_writable(bool writable);

private:
  std::byte* pages_ = nullptr; // guard page, capacity_, guard page
  std::size_t capacity_ = 0;
  bool is_writable_ = true;
};

} // namespace softmax_audit
