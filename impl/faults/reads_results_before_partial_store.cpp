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

void log_softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, row.scale * row.x(i) - largest - std::log(sum));
  constexpr std::size_t lanes = 4;
  for (std::size_t i = row.n; i % lanes != 0; ++i) load(row.y_data + i);
}

constexpr Kernels kernels[] = {{.operation = Operation::log_softmax, .f32 = &each_row<float, log_softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"reads_only_its_inputs", "the vector store over the tail begins by reading what stands behind y"}};

} // namespace

namespace faults {
extern constinit const Implementation reads_results_before_partial_store{
    .name = "reads_results_before_partial_store",
    .summary = "the last vector of results is merged with what its other lanes held, and those are stored back",
    .source = "planted: a partial store emulated by a load, a blend and a whole store",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
