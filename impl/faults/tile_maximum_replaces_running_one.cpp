#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr std::size_t tile = 64;

void softmax(const Row<float>& row) {
  float largest = 0, sum = 0;
  for (std::size_t first = 0; first < row.n; first += tile) {
    const std::size_t end = std::min(row.n, first + tile);
    float next = row.scale * row.x(first);
    for (std::size_t i = first; i < end; ++i) next = std::max(next, row.scale * row.x(i));
    if (next == -std::numeric_limits<float>::infinity()) next = largest;
    sum *= first == 0 ? 0 : std::exp(largest - next);
    for (std::size_t i = first; i < end; ++i) sum += std::exp(row.scale * row.x(i) - next);
    largest = next;
  }
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_accurate_at_every_width", "right while maxima of tiles are close; a tile 89 below one before it overflows the sum"}};

} // namespace

namespace faults {
extern constinit const Implementation tile_maximum_replaces_running_one{
    .name = "tile_maximum_replaces_running_one",
    .summary = "online in tiles of 64, relative to the maximum of the tile and not to that of all tiles so far",
    .source = "tile-ai/tilelang #1148",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
