// The question: what is asked of a subject and of an oracle alike.
#pragma once

#include "oracles/format.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace softmax_audit {

// In the order in which the worker protocol numbers them.
enum class Operation : std::uint32_t {
  softmax,
  log_softmax,
  log_sum_exp,
  softmax_backward,
  softmax_backward_from_output,
  cross_entropy,
  sigmoid,
};

inline constexpr std::array<std::string_view, 7> operation_names{
    "softmax", "log_softmax", "log_sum_exp", "softmax_backward", "softmax_backward_from_output", "cross_entropy", "sigmoid"};
constexpr std::string_view name(Operation operation) { return operation_names[static_cast<std::size_t>(operation)]; }

// One operation on each of `rows` rows of `cols` elements, row-major. Every number is a value of `format`. With t_j = scale * x_j,
// the exact product, p_j = e^t_j / sum_k e^t_k and g = dy:
//
//   operation                      result of a row
//   softmax                        p_i                                                        cols values
//   log_softmax                    log p_i = t_i - log sum_k e^t_k                            cols values
//   log_sum_exp                    log sum_k e^t_k                                            one value
//   softmax_backward               p_i (g_i - sum_k p_k g_k): the gradient with respect to t  cols values
//   softmax_backward_from_output   x_i (g_i - sum_k x_k g_k): x holds the forward pass's y    cols values; scale must be 1
//   cross_entropy                  -log p_target                                              one value
//   sigmoid                        1 / (1 + e^-t_i): the share of t_i in the row (t_i, 0)     cols values
struct Problem {
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  std::size_t rows = 1;
  std::size_t cols = 0;
  std::span<const double> x;
  double scale = 1;
  std::span<const double> dy = {};           // rows x cols; for the two backward operations
  std::span<const std::int64_t> target = {}; // rows; for cross_entropy
};

constexpr bool gives_one_value_a_row(Operation operation) {
  return operation == Operation::log_sum_exp || operation == Operation::cross_entropy;
}
constexpr bool takes_upstream_gradient(Operation operation) {
  return operation == Operation::softmax_backward || operation == Operation::softmax_backward_from_output;
}
constexpr std::size_t results_of_row(Operation operation, std::size_t cols) {
  return gives_one_value_a_row(operation) ? 1 : cols;
}
constexpr std::size_t result_count(const Problem& problem) {
  return problem.rows * results_of_row(problem.operation, problem.cols);
}
// Row r of the problem as a problem of its own.
inline Problem row_of(const Problem& problem, std::size_t r) {
  Problem row = problem;
  row.rows = 1;
  row.x = problem.x.subspan(r * problem.cols, problem.cols);
  if (!problem.dy.empty()) row.dy = problem.dy.subspan(r * problem.cols, problem.cols);
  if (!problem.target.empty()) row.target = problem.target.subspan(r, 1);
  return row;
}

} // namespace softmax_audit
