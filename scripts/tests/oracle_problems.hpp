// Problems on which oracles are held against each other and against mpmath: one row each, all operations and formats,
// stratified so that ties, cancellations, overflow, underflow and special values occur often.
#pragma once

#include "oracles/problem.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace softmax_audit {

// A row with its own storage.
struct OracleProblem {
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  int resolution = 8; // at which to ask
  double scale = 1;
  std::vector<double> x = {};
  std::vector<double> dy = {};           // as long as x for the backward operations, else empty
  std::vector<std::int64_t> target = {}; // one for cross_entropy, else empty

  Problem problem() const { return {operation, format, 1, x.size(), x, scale, dy, target}; }
};

// Made by hand; they come first in every stream.
const std::vector<OracleProblem>& trap_problems();

// Problem k of the stream: a trap, else random. It depends on k and the seed alone.
OracleProblem oracle_problem(std::uint64_t seed, std::uint64_t k);

// "OPERATION FORMAT RESOLUTION SCALE TARGET COLS x... dy...": dy for the backward operations only, target 0 where there is none,
// values in hexfloat.
std::string text_of(const OracleProblem& problem);

} // namespace softmax_audit
