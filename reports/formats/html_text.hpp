// Text and numbers as they stand in an HTML page.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit::markup {

inline constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Length of the well-formed UTF-8 sequence at the front of text, 0 where there is none.
inline std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) -> unsigned { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

// For element content and for quoted attributes. What a foreign subject printed may be any bytes; a page may not.
inline std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    const bool control = (first < 0x20 && first != '\n' && first != '\t') || first == 0x7F ||
                         (length == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0);
    if (length == 0 || control)
      out += replacement;
    else if (first == '&')
      out += "&amp;";
    else if (first == '<')
      out += "&lt;";
    else if (first == '>')
      out += "&gt;";
    else if (first == '"')
      out += "&quot;";
    else if (first == '\'')
      out += "&#39;";
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

// A name_like_this may be broken after its underscores, so that it fits above a narrow column.
inline std::string breakable(std::string_view name) {
  std::string out;
  for (const char c : escape(name)) {
    out += c;
    if (c == '_') out += "<wbr>";
  }
  return out;
}

// So may a claim after its commas.
inline std::string breakable_after_commas(std::string_view claim) {
  std::string out;
  for (const char c : escape(claim)) {
    out += c;
    if (c == ',') out += "<wbr>";
  }
  return out;
}

// "1.5e+06" reads better as "1.5e6".
inline std::string without_padding(std::string text) {
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return text;
  std::size_t digit = e + 2;
  while (digit + 1 < text.size() && text[digit] == '0') ++digit;
  return text.substr(0, e + 1) + (text[e + 1] == '-' ? "-" : "") + text.substr(digit);
}

inline std::string number(double value, int digits = 4) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  const double magnitude = std::fabs(value);
  if (magnitude == 0) return "0";
  if (magnitude >= 1e6 || magnitude < 1e-3) return without_padding(fmt::format("{:.{}e}", value, digits - 2));
  if (magnitude >= std::pow(10, digits)) return fmt::format("{:.0f}", value);
  return without_padding(fmt::format("{:.{}g}", value, digits));
}

inline std::string count(std::uint64_t value) {
  const std::string digits = fmt::format("{}", value);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

inline std::string percent(double share) { return fmt::format("{}%", number(100 * share, 3)); }

// The decimal beside a hexfloat; empty where the text is no number.
inline std::string decimal(const std::string& hexfloat) {
  char* end = nullptr;
  const double value = std::strtod(hexfloat.c_str(), &end);
  if (hexfloat.empty() || *end != '\0') return "";
  return std::isfinite(value) ? without_padding(fmt::format("{:.12g}", value)) : number(value);
}

// fmt::join draws a false -Wstringop-overflow from GCC 12 at -O3.
inline std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

// "a", "a and b", "a, b and c"
inline std::string listed(const std::vector<std::string>& parts) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? " and " : ", ";
    out += parts[i];
  }
  return out;
}

inline std::string counted(std::size_t n, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", count(n), n == 1 ? singular : plural);
}

} // namespace softmax_audit::markup
