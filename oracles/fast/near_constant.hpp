// softmax of rows whose largest logits are all but equal, decided by an argument, because no fixed precision can: next to
// p = 1/2^k it is the side that matters, and what decides it may be smaller than any double's relative error.
// Statement, proof and the rounding of what follows: oracles/README.md, "Rows that are nearly constant".
#pragma once

#include "oracles/fast/task.hpp"
#include "oracles/ulp.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace softmax_audit::fast {

// Takes those results out of `open` that it decides.
inline void decide_beside_power_of_two(const Task& task, int resolution, std::vector<std::size_t>& open,
                                       std::span<Truth> results) {
  constexpr double nearness = 0x1p-91, farness = -64; // 2^-90 and -63.9 before the rounding of t
  constexpr double smallest_exponent = -700;          // e^-700 is a normal number: std::exp is accurate there
  std::size_t near = 0, far = 0;
  double sum = 0, nearest_far = smallest_exponent; // sum of d_j = x_j - largest over the near ones, none of them positive
  for (const double x : task.x) {
    if (std::isinf(x)) continue; // masked
    const double d = x - task.largest;
    const double t = task.scale * d;
    if (std::isinf(d)) return; // a tiny scale might bring it back
    if (t >= -nearness) {
      ++near;
      sum += d;
    } else if (t <= farness) {
      ++far;
      nearest_far = std::max(nearest_far, t);
    } else {
      return;
    }
  }
  const auto count = static_cast<double>(near);
  const double share = 1 / count;
  if (!std::has_single_bit(near) || !is_representable(task.format, share) || (sum == 0 && far == 0)) return;
  // F from above: 0.1 % is far more than what exp, its argument and this product round.
  const double others = 1.001 * static_cast<double>(far) * std::exp(nearest_far);
  const int precision = traits(task.format).precision;
  if (!(0x1p-89 + others / count <= power_of_two(-(precision + resolution + 3)))) return;
  const int binade = exponent_of_normal(share);
  std::erase_if(open, [&](std::size_t i) {
    if (std::isinf(task.x[i])) return false;
    const double d = task.x[i] - task.largest;
    if (task.scale * d < -nearness) return false;
    const double away = sum - count * d; // the sum of d_j - d_i, which has the sign of -(p_i - 1/2^k) if it is not too small
    const double sizes = -sum - count * d;
    const double error = sizes < 0x1p-1022 ? 0 : (count + 5) * 0x1p-53 * sizes;
    const bool is_below = sum == 0 || away > error;
    bool is_above = false;
    if (const double least = -away - error; !is_below && least > 0x1p-89 * sizes) {
      const double gained = task.scale * (least - 0x1p-89 * sizes);
      is_above = far == 0 || (gained > 0x1p-1000 && gained > 1.001 * others);
    }
    if (!is_below && !is_above) return false;
    results[i] = {share, 0, ulp_exponent_in_binade(task.format, is_below ? binade - 1 : binade), false};
    return true;
  });
}

} // namespace softmax_audit::fast
