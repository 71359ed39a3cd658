// RapidCheck chooses the structure of rows; see rows.hpp for how bits follow from it.
#pragma once

#include "properties/inputs/rows.hpp"

#include <functional>

namespace softmax_audit {

// Calls `visit` with `count` structures drawn with `seed`, until it returns false. Returns how often it was called.
std::size_t for_each_structure(std::uint64_t seed, std::size_t count, const std::function<bool(const Structure&)>& visit);

} // namespace softmax_audit
