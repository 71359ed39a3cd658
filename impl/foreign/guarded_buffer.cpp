#include "impl/foreign/guarded_buffer.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <new>
#include <system_error>

namespace softmax_audit {
namespace {

std::size_t page_bytes() {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

} // namespace

GuardedBuffer::~GuardedBuffer() {
  if (pages_) munmap(pages_, capacity_ + 2 * page_bytes());
}

std::byte* GuardedBuffer::place(std::size_t bytes) {
  const std::size_t page = page_bytes();
  if (bytes > std::numeric_limits<std::size_t>::max() / 4) throw std::bad_alloc();
  if (!pages_ || bytes > capacity_) {
    // At least one page, so that a place of no bytes has an address of its own; twice what is needed, so that growing
    // row by row costs few mappings.
    const std::size_t capacity = (2 * bytes / page + 1) * page;
    void* pages = mmap(nullptr, capacity + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    if (mprotect(static_cast<std::byte*>(pages) + page, capacity, PROT_READ | PROT_WRITE) != 0) {
      munmap(pages, capacity + 2 * page);
      throw std::bad_alloc();
    }
    if (pages_) munmap(pages_, capacity_ + 2 * page);
    pages_ = static_cast<std::byte*>(pages);
    capacity_ = capacity;
    is_writable_ = true;
  }
  set_writable(true);
  return pages_ + page + capacity_ - bytes;
}

void GuardedBuffer::set_writable(bool writable) {
  if (!pages_ || writable == is_writable_) return;
  if (mprotect(pages_ + page_bytes(), capacity_, writable ? PROT_READ | PROT_WRITE : PROT_READ) != 0)
    throw std::system_error(errno, std::generic_category(), "mprotect");
  is_writable_ = writable;
}

} // namespace softmax_audit
