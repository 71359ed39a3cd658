#include "scripts/fuzz/fuzz.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <new>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  softmax_audit::fuzz::once({data, size});
  return 0;
}

namespace softmax_audit::fuzz {
namespace {

constexpr std::size_t longest_sentence = 2000; // names of files and lists of what is known included

std::atomic<std::size_t> held = 0;
std::atomic<std::size_t> limit = std::numeric_limits<std::size_t>::max();

void* taken(std::size_t bytes) {
  // The request itself may overflow the sum.
  if (bytes > limit || held + bytes > limit) {
    std::fprintf(stderr, "fuzz: %zu bytes are asked for where %zu are held and %zu allowed\n", bytes, held.load(),
                 limit.load());
    std::abort();
  }
  void* const place = std::malloc(std::max<std::size_t>(bytes, 1));
  if (!place) throw std::bad_alloc();
  held += malloc_usable_size(place);
  return place;
}

void* taken(std::size_t bytes, std::align_val_t alignment) {
  void* place = nullptr;
  if (posix_memalign(&place, static_cast<std::size_t>(alignment), std::max<std::size_t>(bytes, 1)) != 0) throw std::bad_alloc();
  held += malloc_usable_size(place);
  return place;
}

void given(void* place) {
  if (place) held -= malloc_usable_size(place);
  std::free(place);
}

} // namespace

void require(bool holds, std::string_view sentence) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: %.*s\n", static_cast<int>(sentence.size()), sentence.data());
  std::abort();
}

void require_one_sentence(std::string_view told) {
  require(!told.empty(), "a rejection says nothing");
  require(told.size() <= longest_sentence, "a rejection is longer than a sentence");
  for (const char c : told) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) continue;
    std::fprintf(stderr, "%.*s\n", static_cast<int>(told.size()), told.data());
    require(false, "a rejection is not one printable line");
  }
}

MemoryLimit::MemoryLimit(std::size_t bytes) { limit = held + bytes; }
MemoryLimit::~MemoryLimit() { limit = std::numeric_limits<std::size_t>::max(); }

} // namespace softmax_audit::fuzz

// Everything that C++ code asks for passes here.
void* operator new(std::size_t bytes) { return softmax_audit::fuzz::taken(bytes); }
void* operator new(std::size_t bytes, std::align_val_t alignment) { return softmax_audit::fuzz::taken(bytes, alignment); }
// libFuzzer's own; the standard library's sorting, too.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  try {
    return softmax_audit::fuzz::taken(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* place) noexcept { softmax_audit::fuzz::given(place); }
void operator delete(void* place, std::size_t) noexcept { softmax_audit::fuzz::given(place); }
void operator delete(void* place, const std::nothrow_t&) noexcept { softmax_audit::fuzz::given(place); }
void operator delete(void* place, std::align_val_t) noexcept { softmax_audit::fuzz::given(place); }
void operator delete(void* place, std::size_t, std::align_val_t) noexcept { softmax_audit::fuzz::given(place); }
