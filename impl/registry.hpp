// Every implementation in impl/scalar and impl/simd, and every planted fault in impl/faults. The tables are written by CMake from the
// folders' listings.
#pragma once

#include "impl/implementation.hpp"

namespace softmax_audit {

std::span<const Implementation* const> all_implementations();
std::span<const Implementation* const> all_faults();

} // namespace softmax_audit
