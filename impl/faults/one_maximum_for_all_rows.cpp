#include "impl/implementation.hpp"

#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

// In one pass over the batch, each row with the same maximum.
void log_softmax(const Call<float>& call) {
  const Layout& layout = call.layout;
  const auto at = [&](std::size_t r, std::size_t i) { return layout.first_of_row(r) + i * layout.inner; };
  float largest = -std::numeric_limits<float>::infinity();
  for (std::size_t r = 0; r < layout.rows(); ++r)
    for (std::size_t i = 0; i < layout.cols; ++i) largest = std::max(largest, call.scale * call.x[at(r, i)]);
  for (std::size_t r = 0; r < layout.rows(); ++r) {
    float sum = 0;
    for (std::size_t i = 0; i < layout.cols; ++i) sum += std::exp(call.scale * call.x[at(r, i)] - largest);
    const float logarithm = std::log(sum);
    for (std::size_t i = 0; i < layout.cols; ++i) call.y[at(r, i)] = (call.scale * call.x[at(r, i)] - largest) - logarithm;
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::log_softmax, .f32 = &log_softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"ignores_other_rows", "beside a row that lies 104 higher, the exponentials of a row vanish and so does its sum"}};

} // namespace

namespace faults {
extern constinit const Implementation one_maximum_for_all_rows{
    .name = "one_maximum_for_all_rows",
    .summary = "x - M - log sum exp(x - M), M the largest logit of the whole batch",
    .source = "planted: a maximum over all elements, reduced along no axis",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
