#include "impl/foreign/guarded_buffer.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <system_error>

namespace softmax_audit {
namespace {

// All bits set: not a number in any format.
constexpr int pattern = 0xFF;
// Written on both sides of a buffer at every call. What is written farther away by accident mostly meets a fence.
constexpr std::size_t pattern_bytes = 1024;
constexpr std::size_t boundary = 64;

// Addresses that nobody may touch, on both sides: enough for an index that is a few rows off. They cost no memory.
constexpr std::size_t guard_bytes = std::size_t{1} << 20;

std::size_t page_bytes() {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

std::byte* first_other(std::byte* begin, std::byte* end) {
  return std::find_if(begin, end, [](std::byte value) { return value != std::byte{pattern}; });
}

} // namespace

GuardedBuffer::~GuardedBuffer() {
  if (pages_) munmap(pages_, capacity_ + 2 * guard_bytes);
}

std::byte* GuardedBuffer::place(std::size_t bytes, Fence fence, std::size_t misplaced, std::size_t overread) {
  const std::size_t page = page_bytes();
  if (bytes > std::numeric_limits<std::size_t>::max() / 8) throw std::bad_alloc();
  // A page on either side where there is no fence; boundaries; at least one page, so that a place of no bytes has an address.
  const std::size_t needed = bytes + misplaced + overread + 2 * boundary + 2 * page;
  if (!pages_ || needed > capacity_) {
    // More than is needed, so that growing row by row costs few mappings.
    const std::size_t capacity = ((needed + bytes / 2) / page + 1) * page;
    void* pages = mmap(nullptr, capacity + 2 * guard_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    if (mprotect(static_cast<std::byte*>(pages) + guard_bytes, capacity, PROT_READ | PROT_WRITE) != 0) {
      munmap(pages, capacity + 2 * guard_bytes);
      throw std::bad_alloc();
    }
    if (pages_) munmap(pages_, capacity_ + 2 * guard_bytes);
    pages_ = static_cast<std::byte*>(pages);
    capacity_ = capacity;
    is_writable_ = true;
  }
  set_writable(true);
  std::byte* const lowest = pages_ + guard_bytes;
  std::byte* const highest = lowest + capacity_;
  switch (fence) {
    case Fence::none: begin_ = lowest + page + misplaced; break;
    case Fence::start: begin_ = lowest; break;
    case Fence::end: begin_ = highest - overread - bytes; break;
    case Fence::aligned: {
      std::byte* const latest = highest - overread - bytes;
      begin_ = latest - reinterpret_cast<std::uintptr_t>(latest) % boundary;
      break;
    }
  }
  end_ = begin_ + bytes;
  pattern_begin_ = begin_ - std::min<std::size_t>(pattern_bytes, static_cast<std::size_t>(begin_ - lowest));
  pattern_end_ = end_ + std::min<std::size_t>(pattern_bytes, static_cast<std::size_t>(highest - end_));
  std::memset(pattern_begin_, pattern, static_cast<std::size_t>(begin_ - pattern_begin_));
  std::memset(end_, pattern, static_cast<std::size_t>(pattern_end_ - end_));
  return begin_;
}

void GuardedBuffer::set_writable(bool writable) {
  if (!pages_ || writable == is_writable_) return;
  if (mprotect(pages_ + guard_bytes, capacity_, writable ? PROT_READ | PROT_WRITE : PROT_READ) != 0)
    throw std::system_error(errno, std::generic_category(), "mprotect");
  is_writable_ = writable;
}

std::optional<std::ptrdiff_t> GuardedBuffer::written_outside() const {
  if (std::byte* const at = first_other(end_, pattern_end_); at != pattern_end_) return at - end_ + 1;
  // What is nearest to the buffer, from its first byte on.
  for (std::byte* at = begin_; at != pattern_begin_; --at) {
    if (at[-1] == std::byte{pattern}) continue;
    while (at != pattern_begin_ && at[-1] != std::byte{pattern}) --at;
    return at - begin_;
  }
  return std::nullopt;
}

GuardedBuffer::Position GuardedBuffer::position_of(const void* address) const {
  const auto* at = static_cast<const std::byte*>(address);
  if (!pages_ || !begin_ || at < pages_ || at >= pages_ + capacity_ + 2 * guard_bytes) return {};
  if (at < begin_) return {Where::before, static_cast<std::size_t>(begin_ - at)};
  if (at >= end_) return {Where::after, static_cast<std::size_t>(at - end_)};
  return {Where::inside, static_cast<std::size_t>(at - begin_)};
}

} // namespace softmax_audit
