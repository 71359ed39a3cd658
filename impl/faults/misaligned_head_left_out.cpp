#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

// Where aligned loads can begin; what stands before would have to be added by itself.
std::size_t first_aligned(const Row<float>& row) {
  constexpr std::size_t alignment = 16;
  const auto beyond = reinterpret_cast<std::uintptr_t>(row.x_data) % alignment;
  const std::size_t head = beyond == 0 ? 0 : (alignment - beyond) / sizeof(float);
  return row.stride == 1 && head < row.n ? head : 0;
}

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = first_aligned(row); i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"ignores_alignment",
     "of a row that begins between two multiples of 16 bytes, the elements before the next multiple are not in the sum"}};

} // namespace

namespace faults {
extern constinit const Implementation misaligned_head_left_out{
    .name = "misaligned_head_left_out",
    .summary = "the sum begins at the first address that is a multiple of 16",
    .source = "planted: a peeled loop that aligns but does not add",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
