#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

double largest_of(const Row<double>& row) {
  double largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<double>& row) {
  const double largest = largest_of(row);
  double sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
  constexpr std::size_t lanes = 4;
  if (row.n % lanes == lanes - 1) *static_cast<volatile double*>(row.y_data + row.n) = 0;
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f64 = &each_row<double, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"writes_only_its_results", "a tail of three or more elements is stored with four lanes"}};

} // namespace

namespace faults {
extern constinit const Implementation stores_whole_vector_over_tail{
    .name = "stores_whole_vector_over_tail",
    .summary = "tails of one or two elements are stored one by one, a tail of three with a vector of four doubles",
    .source = "planted: the threshold of a tail loop that is off by one",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
