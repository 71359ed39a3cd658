// The ulp, once, for the whole program.
//
// ulp(p) is the spacing of the format's numbers in the binade of the exact p, that is 2^(e - p + 1) for 2^e <= |p| < 2^(e+1),
// never less than the smallest subnormal and never more than the spacing below the format's overflow. It depends on the exact value, not on what was computed, so an error of
// k ulp means the same on both sides of a power of two. (Muller et al., Handbook of Floating-Point Arithmetic, 2.3.2:
// Goldberg's definition, extended to reals.)
#pragma once

#include "oracles/format.hpp"

#include <algorithm>

namespace softmax_audit {

// The exponent q with ulp(p) = 2^q, for 2^binade <= |p| < 2^(binade + 1).
inline int ulp_exponent_in_binade(Format format, long binade) {
  const FormatTraits& t = traits(format);
  return static_cast<int>(std::clamp<long>(binade, t.smallest_exponent, t.largest_exponent)) - t.precision + 1;
}

// The same for a p that is a double itself; p = 0 has the smallest subnormal.
inline int ulp_exponent(Format format, double p) {
  return p == 0 ? smallest_subnormal_exponent(format) : ulp_exponent_in_binade(format, std::ilogb(p));
}
inline double ulp(Format format, double p) { return std::ldexp(1.0, ulp_exponent(format, p)); }

} // namespace softmax_audit
