// Every implementation in impl/scalar and impl/simd. The table is written by CMake from the folders' listings.
#pragma once

#include "impl/implementation.hpp"

namespace softmax_audit {

std::span<const Implementation* const> all_implementations();

} // namespace softmax_audit
