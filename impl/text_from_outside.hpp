// Text that others wrote, before it is shown or parsed: it may be of any length and hold any bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace softmax_audit {

// The length of the well-formed UTF-8 sequence at the beginning of text, 0 if there is none.
inline std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF)
    return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (first >= 0xF0 && first <= 0xF4)
    return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

// The first character of text, which is not empty, as it may go into a report: '?' for what is no UTF-8 or a control character other
// than a line break or a tab.
inline std::string_view first_printable(std::string_view text) {
  const std::size_t length = sequence_length(text);
  const auto first = static_cast<unsigned char>(text.front());
  const bool is_control = (first < 0x20 && first != '\n' && first != '\t') || first == 0x7F;
  return length == 0 || is_control ? "?" : text.substr(0, length);
}

inline std::string printable(std::string_view text) {
  std::string safe;
  for (; !text.empty(); text.remove_prefix(std::max<std::size_t>(sequence_length(text), 1))) safe += first_printable(text);
  return safe;
}

// The beginning, on one line and of at most `longest` bytes as it is shown: what is quoted in a sentence.
inline std::string excerpt(std::string_view text, std::size_t longest = 80) {
  std::string line;
  for (; !text.empty(); text.remove_prefix(std::max<std::size_t>(sequence_length(text), 1))) {
    const std::string_view first = first_printable(text), shown = first == "\n" ? "\\n" : first == "\t" ? "\\t" : first;
    if (line.size() + shown.size() > longest) return line + "...";
    line += shown;
  }
  return line;
}

// JSON is copied, written and destroyed by recursion: what nests without end would end the stack.
inline constexpr std::size_t deepest_json = 64;
inline bool is_nested_too_deep(std::string_view json) {
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text && c == '\\')
      ++i;
    else if (c == '"')
      in_text = !in_text;
    else if (!in_text && (c == '[' || c == '{') && ++depth > deepest_json)
      return true;
    else if (!in_text && (c == ']' || c == '}') && depth > 0)
      --depth;
  }
  return false;
}

} // namespace softmax_audit
