#include "impl/implementation.hpp"

#include <cmath>

namespace softmax_audit {
namespace {

float half(float value) { return static_cast<float>(round_to(Format::f16, static_cast<double>(value))); }

void softmax(const Row<binary16>& row) {
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += half(std::exp(half(row.scale * row.x(i))));
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, half(std::exp(half(row.scale * row.x(i)))) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f16 = &each_row<binary16, softmax>}};
constexpr Variant variants[] = {{"scalar",
                                 &runs_everywhere,
                                 kernels,
                                 {.arithmetic = Format::f16, .accumulator = Format::f32, .bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {
    {"is_accurate",
     "exp(11.1) is more than binary16 holds: a row with 18, 28, 38 has several infinite exponentials, and inf/inf is NaN"}};

} // namespace

namespace faults {
extern constinit const Implementation unshifted_half{
    .name = "unshifted_half",
    .summary = "exp(x_i) / sum exp(x_j), exponentials kept in binary16",
    .source = "ARM-software/ComputeLibrary #148",
    .breaks = breaks,
    .variants = variants,
};
} // namespace faults

} // namespace softmax_audit
