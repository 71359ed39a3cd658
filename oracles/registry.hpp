// Every oracle in this folder. The table behind it is written by CMake from the folder's listing.
#pragma once

#include "oracles/oracle.hpp"

#include <span>

namespace softmax_audit {

std::span<const Oracle* const> all_oracles();

// What everything asks unless told otherwise. All oracles give the same answers.
inline constexpr std::string_view default_oracle_name = "fast";

// Throws std::out_of_range for a name that is not there.
inline const Oracle& oracle_named(std::string_view name) {
  for (const Oracle* oracle : all_oracles())
    if (oracle->name == name) return *oracle;
  throw std::out_of_range("there is no oracle " + std::string(name));
}
inline const Oracle& default_oracle() { return oracle_named(default_oracle_name); }

} // namespace softmax_audit
