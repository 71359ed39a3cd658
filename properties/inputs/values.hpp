// Values and rows as text: hexfloats out; hexfloats, decimals, inf, -inf and nan in.
#pragma once

#include "oracles/format.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

// "0x1.8p+1", "inf", "-inf", "nan"; what value_from reads back to the same value.
std::string hexfloat(double value);

// Rounds once to the format. Throws std::invalid_argument: "row: value 3 ("abc") is not a number; ...".
double value_from(Format format, std::string_view text, std::string_view what);

// Values separated by white space or commas, at least one. `what` names the source in errors ("--row").
std::vector<double> row_from(Format format, std::string_view text, std::string_view what);

// Non-negative integers separated by white space or commas.
std::vector<std::size_t> indices_from(std::string_view text, std::string_view what);

std::string row_text(const std::vector<double>& row, std::string_view separator = " ");

} // namespace softmax_audit
