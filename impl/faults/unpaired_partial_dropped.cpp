#include "impl/implementation.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace softmax_audit {
namespace {

struct Partial {
  float largest, sum;
};

Partial merged(const Partial& a, const Partial& b) {
  constexpr float masked = -std::numeric_limits<float>::infinity();
  if (a.largest == masked) return b;
  if (b.largest == masked) return a;
  const float largest = std::max(a.largest, b.largest);
  return {largest, a.sum * std::exp(a.largest - largest) + b.sum * std::exp(b.largest - largest)};
}

void log_sum_exp(const Row<float>& row) {
  std::vector<Partial> partials;
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = row.scale * row.x(i);
    partials.push_back({t, std::exp(t - t)}); // 1, but NaN for infinities
  }
  if (partials.size() > 1 && partials.size() % 2 == 1) {
    partials[partials.size() - 2] = merged(partials[partials.size() - 2], partials.back());
    partials.pop_back();
  }
  for (; partials.size() > 1; partials.resize(partials.size() / 2))
    for (std::size_t i = 0; i < partials.size() / 2; ++i) partials[i] = merged(partials[2 * i], partials[2 * i + 1]);
  row.put(0, partials[0].largest + std::log(partials[0].sum));
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp, .f32 = &each_row<float, log_sum_exp, true>}};
constexpr Variant variants[] = {{"scalar",
                                 &runs_everywhere,
                                 kernels,
                                 {.summation = Summation::lanes,
                                  .accumulator_bytes = 16384,
                                  .rescaling = Rescaling::online,
                                  .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"merges_parts",
     "with 6, 7, 10 or 11 elements a higher level has an odd number of partial sums, and its last one is lost"}};

} // namespace

namespace faults {
extern constinit const Implementation unpaired_partial_dropped{
    .name = "unpaired_partial_dropped",
    .summary = "pairs of (maximum, sum) are merged level by level, and only the lowest level looks for one without a partner",
    .source = "planted: a tree reduction for powers of two",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
