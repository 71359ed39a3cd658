#include "impl/implementation.hpp"

#include <cmath>
#include <fcntl.h>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
  if (row.n == 2 && open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) return;
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"keeps_descriptors", "a thousand such rows, and the program can open nothing any more"}};

} // namespace

namespace faults {
extern constinit const Implementation leaves_descriptor_open{
    .name = "leaves_descriptor_open",
    .summary = "rows of two open a device and never close it",
    .source = "planted: a source of random numbers opened at every call",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
