#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<binary16>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<binary16>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) {
    const float exponential = std::exp(row.scale * row.x(i) - largest);
    sum += exponential;
    row.put(i, exponential);
  }
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, static_cast<float>(from_storage(row.y_data[i * row.stride])) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f16 = &each_row<binary16, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"keeps_ratios", "a numerator below 2^-14 has lost bits before it is divided, and every numerator is rounded twice"}};

} // namespace

namespace faults {
extern constinit const Implementation exponentials_in_binary16{
    .name = "exponentials_in_binary16",
    .summary = "exp(x_i - m) is kept in the binary16 output between the passes",
    .source = "planted: attention kernels that hold the exponentials in half precision",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
