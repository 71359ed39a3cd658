#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void log_sum_exp(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, largest + std::log(sum));
  for (std::size_t lane = 1; lane < 4; ++lane) *static_cast<volatile float*>(row.y_data + lane) = largest + std::log(sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::log_sum_exp, .f32 = &each_row<float, log_sum_exp, true>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"writes_only_its_results", "log-sum-exp has one result a row; of the last row, three more are stored behind y"}};

} // namespace

namespace faults {
extern constinit const Implementation stores_four_where_one_is_due{
    .name = "stores_four_where_one_is_due",
    .summary = "the result of each row is stored with all four lanes that hold it",
    .source = "planted: a broadcast register stored whole",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
