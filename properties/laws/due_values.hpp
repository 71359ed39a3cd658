// What a row with NaN, with +inf or with nothing but -inf has to give under each profile of special values (impl/profile.hpp).
#pragma once

#include "properties/error_model.hpp"
#include "properties/property.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {

// What a row has of each kind.
struct SpecialCounts {
  double nans = 0, infinite = 0, elements = 0;
};
inline SpecialCounts special_counts(const std::vector<double>& x) {
  SpecialCounts counts;
  for (const double value : x) {
    counts.nans += std::isnan(value);
    counts.infinite += value == std::numeric_limits<double>::infinity();
    ++counts.elements;
  }
  return counts;
}

// What softmax of such a row has to give where the logit is x_i.
inline double due_share(const SpecialCounts& counts, Profile profile, double x_i) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
  if (counts.nans > 0) return not_a_number;
  if (counts.infinite > 0) {
    if (profile == Profile::unshifted) return x_i == infinity ? not_a_number : 0;
    if (profile == Profile::limits) return x_i == infinity ? 1 / counts.infinite : 0;
    return not_a_number;
  }
  if (profile == Profile::safe || profile == Profile::limits) return 0;
  return profile == Profile::uniform ? 1 / counts.elements : not_a_number;
}

// The same of an operation. Requires a row without a truth; for sigmoid, an element that is not finite. Of the gradient p_i (g_i - sum p g) only
// what the shares decide by themselves: one that is no number spoils the sum, none at all leaves 0; else any finite number is due, and +inf
// stands for it.
inline double due_value(const Case& c, const SpecialCounts& counts, Profile profile, std::size_t i) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
  switch (c.operation) {
    case Operation::log_softmax: return std::log(due_share(counts, profile, c.x[i]));
    case Operation::cross_entropy: return -std::log(due_share(counts, profile, c.x[static_cast<std::size_t>(c.target)]));
    case Operation::log_sum_exp:
      if (counts.nans > 0 || profile == Profile::ieee) return not_a_number;
      return counts.infinite > 0 ? infinity : -infinity;
    case Operation::softmax_backward: {
      if (counts.nans > 0) return not_a_number;
      const double share = due_share(counts, profile, c.x[i]);
      const double largest = due_share(counts, profile, counts.infinite > 0 ? infinity : -infinity);
      if (std::isnan(largest)) return not_a_number;
      return share == 0 ? 0 : infinity;
    }
    case Operation::sigmoid: return std::isnan(c.x[i]) ? not_a_number : c.x[i] > 0 ? 1 : 0;
    default: return due_share(counts, profile, c.x[i]);
  }
}

// Everything but a share of 1/k and its logarithm is exact. 1/k is a quotient, or a reciprocal and a product, and is stored: three roundings
// at most, to half a subnormal below the normal range; the logarithm is within 2 E u and is subtracted and stored.
inline bool agrees_with_due(double got, double want, const Claim& claim, Format format) {
  if (std::isnan(want)) return std::isnan(got);
  if (want == 0 || want == 1 || std::isinf(want)) return got == want;
  const double roundings = 3 + 2 * claim.logarithm_ulp;
  return std::fabs(got - want) <= roundings * 1.01 * unit_roundoff(format) * std::fabs(want) + underflow_unit(claim, format);
}

} // namespace softmax_audit
