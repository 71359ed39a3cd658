#include "impl/implementation.hpp"

#include <cmath>
#include <mutex>

namespace softmax_audit {
namespace {

constexpr std::size_t lanes = 8;

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  static std::mutex mutex;
  static std::vector<float> exponentials;
  const std::lock_guard lock(mutex);
  const std::size_t whole = (row.n + lanes - 1) / lanes * lanes;
  if (exponentials.size() < whole) exponentials.assign(whole, 0);
  const float largest = largest_of(row);
  for (std::size_t i = 0; i < row.n; ++i) exponentials[i] = std::exp(row.scale * row.x(i) - largest);
  float sum = 0;
  for (std::size_t i = 0; i < whole; ++i) sum += exponentials[i];
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, exponentials[i] / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"forgets_other_calls", "the padding of the scratch buffer still holds exponentials of an earlier, longer row"}};

} // namespace

namespace faults {
extern constinit const Implementation keeps_scratch_of_longest_row{
    .name = "keeps_scratch_of_longest_row",
    .summary =
        "exponentials are kept in a buffer that grows with the longest row so far; sums take whole vectors of eight of it",
    .source = "planted: a workspace that is cleared when it grows, and only then",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
