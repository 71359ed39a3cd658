// Makes a counterexample small: fewer elements first, then simpler values, in the integer order of the floats.
#pragma once

#include "properties/property.hpp"

#include <chrono>
#include <functional>

namespace softmax_audit {

// A case that is one step simpler - one element less, or one value simpler - and for which `still_breaks` is true; nothing where there is none:
// c is locally minimal.
std::optional<Case> simpler_case(const Case& c, const std::function<bool(const Case&)>& still_breaks);

// The simplest case found within `budget` for which `still_breaks` is true. Requires still_breaks(c). A case is simpler if it
// has fewer elements; then if a value has fewer significant bits, or an exponent nearer to 0, or no sign.
Case shrink(const Case& c, const std::function<bool(const Case&)>& still_breaks, std::chrono::milliseconds budget);

} // namespace softmax_audit
