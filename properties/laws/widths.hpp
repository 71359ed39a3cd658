// Widths of long rows that more than one law asks.
#pragma once

#include <cstddef>

namespace softmax_audit {

// A block more, a block less, an index of sixteen bits: 2^13 - 1, 2^13 + 1, 2^14 - 1 ... 2^19 + 1, and again from the first.
constexpr std::size_t widths_beside_powers = 14;
constexpr std::size_t width_beside_a_power(std::size_t k) {
  k %= widths_beside_powers;
  return (std::size_t{1} << (13 + k / 2)) - 1 + k % 2 * 2;
}

} // namespace softmax_audit
