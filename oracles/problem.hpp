// The question: what is asked of a subject and of an oracle alike.
#pragma once

#include "oracles/format.hpp"

#include <array>
#include <cstddef>
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

// softmax(scale * x) of each of `rows` rows of `cols` logits, row-major. Every logit and the scale are values of `format`;
// the product scale * x_i in the definition is the exact one.
struct Problem {
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  std::size_t rows = 1;
  std::size_t cols = 0;
  std::span<const double> x;
  double scale = 1;
};

} // namespace softmax_audit
