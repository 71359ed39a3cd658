#include "impl/implementation.hpp"

#include <atomic>
#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

float plain_sum(const Row<float>& row, float largest) {
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  return sum;
}

float compensated_sum(const Row<float>& row, float largest) {
  float sum = 0, lost = 0;
  for (std::size_t i = 0; i < row.n; ++i) {
    const float added = std::exp(row.scale * row.x(i) - largest), larger = std::max(sum, added);
    const float next = sum + added;
    lost += (larger - next) + std::min(sum, added);
    sum = next;
  }
  return sum + lost;
}

void softmax(const Row<float>& row) {
  static std::atomic<unsigned> calls = 0;
  const float largest = largest_of(row);
  const float sum = calls.fetch_add(1) % 2 == 0 ? plain_sum(row, largest) : compensated_sum(row, largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"repeats_itself", "of two calls with the same row, one adds the exponentials plainly and one with compensation"}};

} // namespace

namespace faults {
extern constinit const Implementation alternating_paths{
    .name = "alternating_paths",
    .summary = "a counter of calls chooses one of two summations, each of them sound",
    .source = "planted: results that depend on which path happens to run",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
