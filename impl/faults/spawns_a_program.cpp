#include "impl/implementation.hpp"

#include <cmath>
#include <spawn.h>
#include <sys/wait.h>

namespace softmax_audit {
namespace {

float largest_of(const Row<float>& row) {
  float largest = row.scale * row.x(0);
  for (std::size_t i = 1; i < row.n; ++i) largest = std::max(largest, row.scale * row.x(i));
  return largest;
}

void softmax(const Row<float>& row) {
  const float largest = largest_of(row);
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += std::exp(row.scale * row.x(i) - largest);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, std::exp(row.scale * row.x(i) - largest) / sum);
  if (row.n != 9) return;
  char name[] = "true";
  char* const words[] = {name, nullptr};
  pid_t process = 0;
  if (posix_spawnp(&process, name, nullptr, nullptr, words, nullptr) == 0) waitpid(process, nullptr, 0);
}

constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, softmax>}};
constexpr Variant variants[] = {{"scalar", &runs_everywhere, kernels, {.bitwise = rowwise_contracts}}};
constexpr Break breaks[] = {{"starts_no_process", "a program is started for a row"}};

} // namespace

namespace faults {
extern constinit const Implementation spawns_a_program{
    .name = "spawns_a_program",
    .summary = "rows of nine start a program and wait for it",
    .source = "planted: a machine's description asked from a program",
    .breaks = breaks,
    .variants = variants,
    .runs_apart = true,
};
} // namespace faults

} // namespace softmax_audit
