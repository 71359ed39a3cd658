// What every target uses. A target is one file that defines `softmax_audit::fuzz::once`; CMakeLists.txt links it to libFuzzer, or
// to replay.cpp where there is none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace softmax_audit::fuzz {

// Asks the parser once. Ends the process where something does not hold.
void once(std::span<const std::uint8_t> bytes);

inline std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Prints the sentence and ends the process by abort unless it holds: libFuzzer then keeps the input.
void require(bool holds, std::string_view sentence);

// What is told to a user: one line, printable, and no longer than what fits on a screen.
void require_one_sentence(std::string_view told);

// False where the parser rejects its input in the documented way. Anything else that it throws ends the process.
template <class Parse> bool accepted(Parse&& parse) {
  try {
    parse();
    return true;
  } catch (const std::invalid_argument& rejected) {
    require_one_sentence(rejected.what());
    return false;
  }
}

// While it lives, nobody may hold more than so many bytes above what was held before: the process ends with the request that
// would. Mappings are not counted.
class MemoryLimit {
public:
  explicit MemoryLimit(std::size_t bytes);
  ~MemoryLimit();
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;
};

// Takes bytes from the front of an input, zeros where it has ended.
class Taker {
public:
  explicit Taker(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  std::size_t below(std::size_t end) { return byte() % end; } // end up to 256
  std::string_view rest() const { return text_of(bytes_); }
  // Up to the next line feed, which is taken, too.
  std::string_view line() {
    const std::string_view all = rest();
    const std::size_t length = all.find('\n');
    bytes_ = bytes_.subspan(length == std::string_view::npos ? all.size() : length + 1);
    return all.substr(0, length);
  }

private:
  std::span<const std::uint8_t> bytes_;
};

} // namespace softmax_audit::fuzz
