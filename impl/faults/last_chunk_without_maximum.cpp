#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// Two passes over chunks; the first is a loop over whole chunks only, once rows are long enough to have any.
constexpr std::size_t chunk = 8192;

void softmax(const Row<float>& row) {
  const std::size_t seen = row.n < chunk ? row.n : (row.n - 1) / chunk * chunk + (row.n == chunk ? chunk : 0);
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < seen; ++i) largest = std::max(largest, row.scale * row.x(i));
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_accurate_at_every_width", "a logit in the last chunk that exceeds all others by 89 overflows"}};

} // namespace

namespace faults {
extern constinit const Implementation last_chunk_without_maximum{
    .name = "last_chunk_without_maximum",
    .summary = "in rows above 8192 the last, partial chunk does not enter the maximum",
    .source = "planted: a vocabulary that is no multiple of the chunk",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
