// What a row with NaN, with +inf, or with nothing but -inf has to give. Libraries differ and document it, so it is declared, never a
// matter of taste; but a NaN that turns into a number breaks every profile.
//
//   profile    a +inf in the row                         only -inf
//   ieee       NaN throughout                            NaN throughout       the shifted formula as evaluated
//   safe       NaN throughout                            0 throughout         masked attention
//   uniform    NaN throughout                            1/n                  what a finite mask gives
//   unshifted  NaN where x = +inf, 0 elsewhere           NaN throughout       exp(x) / sum exp(x) as evaluated
//   limits     1/k where x = +inf (k of them), 0 else    0 throughout         the limits where there are any
//
// Relatives follow: log_softmax is the logarithm of that, cross_entropy its negative at the target. log_sum_exp of +inf is NaN in `ieee`, else
// +inf; of only -inf NaN in `ieee`, else -inf. sigmoid of NaN, +inf, -inf is NaN, 1, 0 in every profile.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace softmax_audit {

enum class Profile { ieee, safe, uniform, unshifted, limits };
inline constexpr std::array<std::string_view, 5> profile_names{"ieee", "safe", "uniform", "unshifted", "limits"};
constexpr std::string_view name(Profile profile) { return profile_names[static_cast<std::size_t>(profile)]; }

} // namespace softmax_audit
