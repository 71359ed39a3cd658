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

void one_row(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  row.put(0, std::log(sum) - (row.scale * row.x(row.target) - largest));
}

void cross_entropy(const Call<float>& call) {
  for (std::size_t r = 0; r < call.layout.rows(); ++r) load(call.target + r + 1);
  each_row<float, one_row, true>(call);
}

constexpr Kernels kernels[] = {{.operation = Operation::cross_entropy, .f32 = &cross_entropy}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"reads_only_its_inputs", "the last row has no next one"}};

} // namespace

namespace faults {
extern constinit const Implementation reads_target_of_the_next_row{
    .name = "reads_target_of_the_next_row",
    .summary = "while one row is computed, the target of the next one is loaded already",
    .source = "planted: software pipelining without an epilogue",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
