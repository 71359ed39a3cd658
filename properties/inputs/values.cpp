#include "properties/inputs/values.hpp"

#include "impl/text_from_outside.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cfenv>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace softmax_audit {
namespace {

std::vector<std::string_view> words(std::string_view text) {
  constexpr std::string_view separators = " \t\r\n,";
  std::vector<std::string_view> found;
  for (std::size_t begin = text.find_first_not_of(separators); begin != std::string_view::npos;) {
    const std::size_t end = text.find_first_of(separators, begin);
    found.push_back(text.substr(begin, end - begin));
    begin = end == std::string_view::npos ? end : text.find_first_not_of(separators, end);
  }
  return found;
}

// A real number as text, rounded to double; false if it is not one. Rounding to f32 goes through strtof's own single
// rounding by the caller.
template <class T> bool parse(std::string_view text, T& value) {
  const bool negative = text.starts_with('-');
  std::string_view magnitude = text;
  if (negative || text.starts_with('+')) magnitude.remove_prefix(1);
  if (magnitude.empty() || magnitude[0] == '-' || magnitude[0] == '+') return false;
  const bool hexadecimal = magnitude.starts_with("0x") || magnitude.starts_with("0X");
  if (hexadecimal) magnitude.remove_prefix(2);
  const auto [end, error] = std::from_chars(magnitude.data(), magnitude.data() + magnitude.size(), value,
                                            hexadecimal ? std::chars_format::hex : std::chars_format::general);
  if (end != magnitude.data() + magnitude.size()) return false;
  if (error == std::errc::result_out_of_range) {
    // Too large or too small: from_chars leaves the value, strtod says which.
    value = static_cast<T>(std::strtod(std::string(text).c_str(), nullptr));
    return true;
  }
  if (error != std::errc{}) return false;
  if (negative) value = -value;
  return true;
}

// Of a number as text: a double that rounds to every narrower format as the number itself does. Rounded to odd (Boldo and Melquiond,
// 2008): the last bit says whether there was more.
double rounded_to_odd(const std::string& text) {
  const int before = std::fegetround();
  std::fesetround(FE_DOWNWARD);
  const double low = std::strtod(text.c_str(), nullptr); // glibc's rounds correctly in every mode
  std::fesetround(FE_UPWARD);
  const double high = std::strtod(text.c_str(), nullptr);
  std::fesetround(before);
  if (low == high || std::isinf(high)) return low;
  return (std::bit_cast<std::uint64_t>(low) & 1u) != 0 ? low : high;
}

} // namespace

std::string hexfloat(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  // The C library's, because fmt's depends on its version: zero is 0x0p-1022 in 10.
  std::array<char, 32> text;
  return {text.data(), static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%a", value))};
}

double value_from(Format format, std::string_view text, std::string_view what) {
  if (format == Format::f32) {
    float value = 0;
    if (parse(text, value)) return static_cast<double>(value);
  } else {
    double value = 0;
    if (parse(text, value)) {
      if (format == Format::f64 || !std::isfinite(value) || round_to(format, value) == value) return round_to(format, value);
      return round_to(format, rounded_to_odd(std::string(text)));
    }
  }
  throw std::invalid_argument(fmt::format(
      "{}: \"{}\" is not a number; expected a hexfloat (0x1.8p+1), a decimal, inf, -inf or nan", what, excerpt(text)));
}

std::vector<double> row_from(Format format, std::string_view text, std::string_view what) {
  std::vector<double> row;
  for (const std::string_view word : words(text))
    row.push_back(value_from(format, word, fmt::format("{}: value {}", what, row.size() + 1)));
  if (row.empty()) throw std::invalid_argument(fmt::format("{}: no values; expected numbers separated by spaces", what));
  return row;
}

std::vector<std::size_t> indices_from(std::string_view text, std::string_view what) {
  std::vector<std::size_t> indices;
  for (const std::string_view word : words(text)) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
    if (error != std::errc{} || end != word.data() + word.size())
      throw std::invalid_argument(fmt::format("{}: \"{}\" is not an index; expected 0, 1, 2 ...", what, excerpt(word)));
    indices.push_back(index);
  }
  return indices;
}

std::string row_text(const std::vector<double>& row, std::string_view separator) {
  std::string text;
  for (const double value : row) {
    if (!text.empty()) text += separator;
    text += hexfloat(value);
  }
  return text;
}

} // namespace softmax_audit
