#include "impl/implementation.hpp"

#include <cmath>
#include <mutex>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  static std::mutex mutex;
  static const float* address = nullptr;
  static std::size_t length = 0;
  static float kept = 0;
  const std::lock_guard lock(mutex);
  if (address != row.x_data || length != row.n) kept = largest_of(row);
  address = row.x_data;
  length = row.n;
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - kept);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - kept) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"forgets_other_calls", "another row at the same address gets the maximum of the one before"}};

} // namespace

namespace faults {
extern constinit const Implementation keeps_maximum_of_address{
    .name = "keeps_maximum_of_address",
    .summary = "the maximum of the last row is kept and used again for a row of the same length at the same address",
    .source = "planted: a cache whose key is not what it depends on",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
