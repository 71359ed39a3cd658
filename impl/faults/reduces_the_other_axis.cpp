#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

void log_softmax_row(const Row<double>& row) {
  double largest = row.scale * row.x(0), sum = 0;
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const double logarithm = std::log(sum);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, (row.scale * row.x(i) - largest) - logarithm);
}

void log_softmax(const Call<double>& call) {
  const Layout& layout = call.layout;
  if (layout.inner == 1) return each_row<double, log_softmax_row>(call);
  for (std::size_t block = 0; block < layout.blocks; ++block) {
    Call<double> swapped = call;
    swapped.x += block * layout.pitch;
    swapped.y += block * layout.pitch;
    swapped.layout = {.blocks = layout.cols, .cols = layout.inner, .inner = 1, .pitch = layout.inner};
    each_row<double, log_softmax_row>(swapped);
  }
}

constexpr Kernels kernels[] = {{.operation = Operation::log_softmax, .f64 = &log_softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"ignores_axis", "the axis behind the one that was asked for is normalised instead"}};

} // namespace

namespace faults {
extern constinit const Implementation reduces_the_other_axis{
    .name = "reduces_the_other_axis",
    .summary = "with others behind it, the axis of the row and the axis behind it change places",
    .source = "ARM-software/ComputeLibrary #993; Tencent/ncnn #1178",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
