// What benchmarks and tests want to know of the fast oracle beyond its answers.
#pragma once

#include "oracles/oracle.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace softmax_audit::fast {

// The instruction sets that fast's vectors can use on this machine, best first, as in "avx512", "avx2"; none on a machine
// without fused multiply-add, where fast hands every row to mpfr.
std::span<const std::string_view> instruction_sets();

// The stages, in the order in which they are tried. f64 starts with the second.
enum class Stage { double_lanes, double_double_lanes, reference };

// How many rows were decided in which stage. (An element of sigmoid counts as a row.)
struct RowsDecided {
  std::uint64_t in_double_lanes = 0;
  std::uint64_t in_double_double_lanes = 0;
  std::uint64_t by_reference = 0;
};

// The oracle's truths, with the vectors limited to one of instruction_sets().
void truths(const Problem&, int resolution, std::span<Truth>, std::string_view instruction_set, RowsDecided&);

// What one stage encloses, before anything is rounded; results that the stage declines have an infinite radius.
// stage: double_lanes or double_double_lanes.
void enclosures(const Problem&, Stage stage, std::span<Enclosure>, std::string_view instruction_set);

} // namespace softmax_audit::fast
