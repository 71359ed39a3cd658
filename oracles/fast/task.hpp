// What the fast oracle's stages are given: one row that special values do not decide, and room to work in; and the table of
// what an instruction set can do.
#pragma once

#include "oracles/fast/fast.hpp"
#include "oracles/oracle.hpp"

#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace softmax_audit::fast {

// x has a finite element, no NaN and no +inf (but for sigmoid); scale is finite and positive; not all finite elements are equal
// (but for sigmoid, whose elements are rows of their own, and softmax_backward_from_output).
struct Task {
  Operation operation;
  Format format;
  std::span<const double> x;
  double scale;
  std::span<const double> dy;
  std::size_t target;     // cross_entropy
  double largest = 0;     // x
  double smallest = 0;    // of the finite x
  std::size_t argmax = 0; // an element with the largest; not looked for where only softmax is wanted
};

// Kept between rows, so that a row allocates nothing.
struct Workspace {
  std::vector<double> numerators, numerators_low, exponents;
  std::vector<std::size_t> open; // results that a stage has not decided
};

// The largest element, the smallest that is not -inf, whether none is NaN, and whether some is -inf.
struct Range {
  double largest;
  double smallest;
  bool ordered;
  bool has_masked;

  bool all_finite() const { return ordered && !has_masked && largest < std::numeric_limits<double>::infinity(); }
};

struct Target {
  std::string_view instruction_set = {};
  bool (*runnable)() = nullptr;
  Range (*range_of)(std::span<const double>) = nullptr;
  std::size_t (*first_equal)(std::span<const double>, double) = nullptr; // there is one
  // Every result of the row; what is not decided is in workspace.open. False: the stage does not take the row.
  bool (*truths_of_row)(Stage, const Task&, Workspace&, int resolution, std::span<Truth>) = nullptr;
  bool (*enclosures_of_row)(Stage, const Task&, Workspace&, std::span<Enclosure>) = nullptr;
};

} // namespace softmax_audit::fast
