#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

void softmax(const Row<float>& row) {
  float largest = -std::numeric_limits<float>::infinity();
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) {
    const float t = row.scale * row.x(i);
    if (t > largest) {
      sum = sum * std::exp(largest - t) + std::exp(t - t); // 1, but NaN for +inf
      largest = t;
    } else if (t != largest) {
      sum += std::exp(t - largest);
    }
  }
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"halves_under_duplication", "a second logit equal to the maximum so far adds nothing: of two equal logits each gets 1"}};

} // namespace

namespace faults {
extern constinit const Implementation online_skips_equal{
    .name = "online_skips_equal",
    .summary = "the running sum takes in what is above or unlike the maximum, and forgets what equals it",
    .source = "planted: a test that was to keep -inf from meeting -inf",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
