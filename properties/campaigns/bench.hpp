// How fast the oracles are: nanoseconds an element, all of them on the same rows in one run, on one thread.
#pragma once

#include "oracles/fast/fast.hpp"
#include "oracles/problem.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace softmax_audit {

// What the rows of a benchmark look like.
enum class BenchRows {
  spread_5, // normal, standard deviation 5
  all_equal,
  half_masked, // normal, standard deviation 5, -inf in every other place
  spread_700,  // normal, standard deviation 700: one element has nearly all the mass
};
inline constexpr std::array<std::string_view, 4> bench_row_names{"spread 5", "all equal", "half -inf", "spread 700"};
constexpr std::string_view name(BenchRows rows) { return bench_row_names[static_cast<std::size_t>(rows)]; }

struct BenchCase {
  Operation operation;
  Format format;
  BenchRows rows;
  std::size_t length;
};

struct BenchLine {
  BenchCase c;
  std::string_view oracle;
  std::string_view instruction_set;         // fast: one line for each that this machine has
  double ns_per_element;                    // median of the rounds
  double ratio;                             // how many times faster than the mpfr oracle; median of the rounds' own ratios
  std::optional<fast::RowsDecided> decided; // fast: which stage decided how many rows
};

// Every operation and format at 1,024 elements of spread 5, and softmax on everything else, the longest rows a million long.
std::vector<BenchCase> all_bench_cases();

// Lines of one case, the reference first. Rounds are interleaved: each runs every oracle once, for long enough to be timed.
std::vector<BenchLine> bench_oracles(const BenchCase& c, std::uint64_t seed);

} // namespace softmax_audit
