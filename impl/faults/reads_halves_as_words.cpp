#include "impl/implementation.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>

namespace softmax_audit {
namespace {

// The load of a word, wherever it begins.
void load_word(const binary16* at) {
  struct __attribute__((packed, may_alias)) Word {
    std::uint32_t bits;
  };
  (void)reinterpret_cast<const volatile Word*>(at)->bits;
}

float largest_of(const Row<binary16>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<binary16>& row) {
  for (std::size_t i = 0; i < row.n; i += 2) load_word(row.x_data + i);
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f16 = &each_row<binary16, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"reads_only_its_inputs", "the last word of a row of odd length has two bytes that lie behind x"}};

} // namespace

namespace faults {
extern constinit const Implementation reads_halves_as_words{
    .name = "reads_halves_as_words",
    .summary = "binary16 logits are loaded as words of 32 bits, two in one",
    .source = "planted: half2 loads without a check for odd lengths",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
