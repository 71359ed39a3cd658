#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// The processor is meant to trap, not a sanitizer.
__attribute__((noinline, no_sanitize("undefined"))) void deal(std::size_t elements) {
  const volatile std::size_t blocks = elements / 4;
  const volatile std::size_t elements_a_block = elements / blocks;
  (void)elements_a_block;
}

// Elsewhere such a division gives 0.
bool runs_on_x86() {
#if defined(__x86_64__)
  return true;
#else
  return false;
#endif
}

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  deal(row.n);
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_on_x86, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"raises_no_signal", "rows of one to three elements have no block of four: the division traps"}};

} // namespace

namespace faults {
extern constinit const Implementation divides_by_number_of_blocks{
    .name = "divides_by_number_of_blocks",
    .summary = "the row is dealt to its blocks of four by an integer division",
    .source = "planted: a grid computed from the length of the row",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
