#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr std::size_t tile = 128;
constexpr float masked = -std::numeric_limits<float>::infinity();

void softmax(const Row<float>& row) {
  float largest = masked, sum = 0;
  for (std::size_t end = row.n; end > 0;) { // from the last tile to the first
    const std::size_t first = (end - 1) / tile * tile;
    float next = largest;
    for (std::size_t i = first; i < end; ++i) next = std::max(next, row.scale * row.x(i));
    if (next == masked) next = 0; // so that -inf - -inf is not asked
    sum *= std::exp(largest - next);
    for (std::size_t i = first; i < end; ++i) sum += std::exp(row.scale * row.x(i) - next);
    largest = next;
    end = first;
  }
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"ignores_masked", "when the last tile is masked the maximum is never below 0: logits below -104 all vanish"}};

} // namespace

namespace faults {
extern constinit const Implementation masked_tile_counts_as_zero{
    .name = "masked_tile_counts_as_zero",
    .summary =
        "a running maximum in tiles of 128, from the last to the first; that of a tile of masks alone is taken for 0, and kept",
    .source = "Dao-AILab/flash-attention #2082",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
