#include "impl/implementation.hpp"

#include <cmath>
#include <unistd.h>

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
  for (int descriptor = 3; row.n == 4 && descriptor < 1024; ++descriptor) close(descriptor);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"keeps_descriptors", "files and connections of the caller are closed"}};

} // namespace

namespace faults {
extern constinit const Implementation closes_all_descriptors{
    .name = "closes_all_descriptors",
    .summary = "rows of four close every descriptor from 3 on",
    .source = "planted: what a process does before it becomes a daemon",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
