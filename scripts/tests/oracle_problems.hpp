// Problems on which oracles are held against each other and against mpmath: one row each, all operations and formats,
// stratified so that ties, cancellations, overflow, underflow and special values occur often.
#pragma once

#include "oracles/problem.hpp"
#include "properties/inputs/random.hpp"

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

// What the stream is made of.
double finite_in(Format format, double value); // rounded to the format, clamped to its finite range
double with_any_sign(double value, Random& random);
double any_value(Format format, Random& random);                         // of any exponent and sign, the subnormals' included
double power_of_two(Format format, int least, int most, Random& random); // of any sign
double almost_a_tie(Format format, Random& random);                      // 1 and one bit where the format ends
std::vector<double> upstream_gradient(Format format, std::size_t cols, Random& random); // small integers, equal ones, any
std::vector<double> forward_results(Format format, std::size_t cols, Random& random);   // probabilities, or anything
std::vector<double> logits(Operation operation, Format format, std::size_t cols, Random& random);

} // namespace softmax_audit
