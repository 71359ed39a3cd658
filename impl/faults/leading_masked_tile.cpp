#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

// 64 to 128 keys in the original; the longer, the fewer masks lead a whole tile by chance.
constexpr std::size_t tile = 256;

void softmax(const Row<float>& row) {
  float largest = -std::numeric_limits<float>::infinity();
  float sum = 0;
  for (std::size_t first = 0; first < row.n; first += tile) {
    const std::size_t end = std::min(row.n, first + tile);
    float next = largest;
    for (std::size_t i = first; i < end; ++i) next = std::max(next, row.scale * row.x(i));
    sum *= std::exp(largest - next);
    for (std::size_t i = first; i < end; ++i) sum += std::exp(row.scale * row.x(i) - next);
    largest = next;
  }
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, kernels, {.rescaling = Rescaling::online, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"zeroes_masked", "while every tile so far is masked the maximum is -inf and exp(-inf - "
                                              "-inf) is NaN; with the finite logit in the first tile all is well"}};

} // namespace

namespace faults {
extern constinit const Implementation leading_masked_tile{
    .name = "leading_masked_tile",
    .summary = "running maximum and sum are brought up to date once a tile of 256",
    .source = "Dao-AILab/flash-attention #1930",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
