// Every oracle in this folder. The table behind it is written by CMake from the folder's listing.
#pragma once

#include "oracles/oracle.hpp"

#include <span>

namespace softmax_audit {

std::span<const Oracle* const> all_oracles();

} // namespace softmax_audit
