#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> void softmax(const Row<T>& row) {
  T sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i)) / sum);
}

constexpr std::string_view overflow =
    "exp(x) overflows above log(largest finite), and a row far below zero sums to 0: inf/inf and 0/0 are NaN";

constexpr Break breaks[] = {
    {"equals_sigmoid_for_two", overflow},
    {"folds_scale", overflow},
    {"follows_permutation", overflow},
    {"halves_under_duplication", overflow},
    {"ignores_masked", overflow},
    {"ignores_shift", overflow},
    {"is_accurate", overflow},
    {"is_accurate_at_every_width", overflow},
    {"is_uniform_on_constants", overflow},
    {"keeps_ratios", overflow},
    {"keeps_values_in_hull", overflow},
    {"lies_in_unit_interval", overflow},
    {"preserves_order", overflow},
    {"restricts_to_parts", overflow},
    {"sharpens_with_scale", overflow},
    {"splits_ties_evenly", overflow},
    {"sums_to_one", overflow},
    {"takes_negative_scale", overflow},
    {"tends_to_argmax", overflow},
    {"treats_subnormals", overflow},
    {"zeroes_finite_masks", overflow},
    {"zeroes_masked", overflow},
    {"raises_no_flags", "exp(x) overflows on finite rows"},
    {"treats_special_values", "exp(+inf)/inf is NaN but every finite element is 0 where the shifted formula gives NaN"},
};

constexpr Kernels kernels[] = {
    {.operation = Operation::softmax, .f32 = &each_row<float, softmax>, .f64 = &each_row<double, softmax>}};

constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};

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
