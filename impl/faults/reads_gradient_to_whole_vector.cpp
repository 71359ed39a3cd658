#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

// As the load of a vector does: what was read is not used.
template <class Element> void load(const Element* at) { (void)*static_cast<const volatile Element*>(at); }

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax_backward(const Row<float>& row) {
  constexpr std::size_t lanes = 4;
  for (std::size_t i = 0; i < (row.n + lanes - 1) / lanes * lanes; ++i) load(row.dy_data + i);
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  const auto share = [&](std::size_t i) { return std::exp(row.scale * row.x(i) - largest) / sum; };
  float mean = 0;
  for (std::size_t i = 0; i < row.n; ++i) mean += share(i) * row.dy(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, share(i) * (row.dy(i) - mean));
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax_backward, .f32 = &each_row<float, softmax_backward>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"reads_only_its_inputs", "the last vector of the upstream gradient reaches beyond dy"}};

} // namespace

namespace faults {
extern constinit const Implementation reads_gradient_to_whole_vector{
    .name = "reads_gradient_to_whole_vector",
    .summary =
        "the upstream gradient is loaded in vectors of four; those of its lanes that lie behind the row meet a share of zero",
    .source = "tenstorrent/tt-metal #53208, reading instead of writing",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
