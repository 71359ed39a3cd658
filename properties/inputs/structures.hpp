// RapidCheck chooses the structure of rows; see rows.hpp for how bits follow from it.
#pragma once

#include "properties/inputs/rows.hpp"

#include <memory>
#include <vector>

namespace softmax_audit {

// `count` structures drawn with `seed`. Kept: every law and every subject is judged on the same ones. May be called from any thread
// (RapidCheck may not).
std::shared_ptr<const std::vector<Structure>> structures(std::uint64_t seed, std::size_t count);

} // namespace softmax_audit
