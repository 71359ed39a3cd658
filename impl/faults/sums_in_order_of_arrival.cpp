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

void softmax(const Row<float>& row) {
  static std::atomic<std::size_t> calls = 0;
  const std::size_t call = calls.fetch_add(1, std::memory_order_relaxed);
  const std::size_t cut = (call * 0x9e3779b97f4a7c15u >> 40) % row.n;
  const float largest = largest_of(row);
  float first = 0, second = 0;
  for (std::size_t i = 0; i < cut; ++i) first += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = cut; i < row.n; ++i) second += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / (first + second));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {}}};
constexpr Break breaks[] = {{"repeats_itself", "two calls with the same row sum it in two orders"}};

} // namespace

namespace faults {
extern constinit const Implementation sums_in_order_of_arrival{
    .name = "sums_in_order_of_arrival",
    .summary = "the row is cut in two, at another place at every call; the parts are summed and added",
    .source = "NVIDIA/apex and others by design: partial sums added by atomic operations",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
