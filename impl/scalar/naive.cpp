#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> void softmax(const T* x, T* y, std::size_t n, T scale) {
  T sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = std::exp(scale * x[i]);
    sum += y[i];
  }
  for (std::size_t i = 0; i < n; ++i) y[i] /= sum;
}

constexpr std::string_view overflow =
    "exp(x) overflows above log(largest finite), and a row far below zero sums to 0: inf/inf and 0/0 are NaN";

constexpr Break breaks[] = {
    {"is_accurate", overflow},
    {"sums_to_one", overflow},
    {"ignores_shift", overflow},
    {"preserves_order", overflow},
    {"equals_sigmoid_for_two", overflow},
    {"tends_to_argmax", overflow},
    {"splits_ties_evenly", overflow},
    {"lies_in_unit_interval", overflow},
    {"follows_permutation", overflow},
    {"zeroes_masked", overflow},
    {"treats_special_values", "exp(+inf)/inf is NaN but every finite element is 0 where the shifted formula gives NaN"},
};

constexpr Variant variants[] = {
    {"scalar", &runs_everywhere, {&softmax<float>, &softmax<double>}, {.equal_logits_give_equal_bits = true}},
};

} // namespace

namespace implementations {
extern constinit const Implementation naive{
    .name = "naive",
    .summary = "y_i = exp(x_i) / sum_j exp(x_j): the textbook formula as it stands",
    .source = "any textbook; here because it must fail",
    .breaks = breaks,
    .variants = variants,
};
} // namespace implementations

} // namespace softmax_audit
