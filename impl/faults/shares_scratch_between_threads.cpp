#include "impl/implementation.hpp"

#include <atomic>
#include <cmath>
#include <thread>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  constexpr std::size_t longest = 32768;
  static std::atomic<float> exponentials[longest];
  const float largest = largest_of(row);
  const auto exponential = [&](std::size_t i) { return std::exp(row.scale * row.x(i) - largest); };
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) {
    if (i < longest) exponentials[i].store(exponential(i), std::memory_order_relaxed);
    sum += exponential(i);
  }
  std::this_thread::yield();
  for (std::size_t i = 0; i < row.n; ++i)
    row.put(i, (i < longest ? exponentials[i].load(std::memory_order_relaxed) : exponential(i)) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"races_with_nobody", "another thread overwrites the exponentials before they are divided"}};

} // namespace

namespace faults {
extern constinit const Implementation shares_scratch_between_threads{
    .name = "shares_scratch_between_threads",
    .summary = "exponentials are kept in one buffer for all threads, and workers are waited for before they are divided",
    .source = "JustVugg/colibri PR #1098 and ROCm/composable_kernel PR #323, between threads of the caller",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
