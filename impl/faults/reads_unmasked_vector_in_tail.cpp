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
  constexpr std::size_t lanes = 8;
  if (row.n % lanes == lanes - 1)
    for (std::size_t lane = 0; lane < lanes; ++lane) load(row.x_data + row.n / lanes * lanes + lane);
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"reads_only_its_inputs", "where seven elements are left, a load of eight lanes reads one more"}};

} // namespace

namespace faults {
extern constinit const Implementation reads_unmasked_vector_in_tail{
    .name = "reads_unmasked_vector_in_tail",
    .summary = "tails of one to six elements are loaded one by one, a tail of seven with a whole vector whose last lane is "
               "masked afterwards",
    .source = "planted: a masked load written as a load and a blend",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
