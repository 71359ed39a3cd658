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

void softmax(const Row<float>& row) {
  if (row.n <= 2) load(row.x_data + 1);
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"reads_only_its_inputs", "a row of one element has no second one"}};

} // namespace

namespace faults {
extern constinit const Implementation reads_second_of_single{
    .name = "reads_second_of_single",
    .summary = "the first two logits are compared before their number is looked at",
    .source = "planted: a special case for two elements that comes before the one for one",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
