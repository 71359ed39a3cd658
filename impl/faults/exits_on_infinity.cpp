#include "impl/implementation.hpp"

#include <cmath>
#include <cstdlib>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  for (std::size_t i = 0; i < row.n; ++i)
    if (row.x(i) == INFINITY) std::exit(0);
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"returns_to_its_caller", "the program that called it ends as if all were well"}};

} // namespace

namespace faults {
extern constinit const Implementation exits_on_infinity{
    .name = "exits_on_infinity",
    .summary = "a logit of +inf is reported by leaving the program with status 0",
    .source = "planted: error handling of a command line tool in a library",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
