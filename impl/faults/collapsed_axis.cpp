#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

template <class T> void plain_softmax(const Row<T>& row) {
  T largest = row.scale * row.x(0), sum = 0;
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

void softmax(const Call<float>& call) {
  if (call.layout.blocks > 1 || call.layout.inner == 1) return each_row<float, plain_softmax>(call);
  Call<float> collapsed = call;
  collapsed.layout = {.blocks = call.layout.elements(), .cols = 1, .inner = 1, .pitch = 1};
  each_row<float, plain_softmax>(collapsed);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &softmax}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"ignores_axis", "along the leading axis every element is a row of its own and gets 1"}};

} // namespace

namespace faults {
extern constinit const Implementation collapsed_axis{
    .name = "collapsed_axis",
    .summary = "the leading axis of a tensor with others behind it collapses to length 1",
    .source = "openxla/xla #11772",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
