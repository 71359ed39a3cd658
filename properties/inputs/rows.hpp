// Rows of logits, stratified by regime (where the values lie) and by relation (how they lie to each other).
#pragma once

#include "oracles/format.hpp"
#include "properties/inputs/random.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace softmax_audit {

enum class Regime : std::uint32_t {
  moderate,  // normal, standard deviation 1: what a trained classifier gives
  spread,    // normal, standard deviation 1/16 to 32, around a centre of the same size
  grid,      // multiples of 2^-k: differences are exact
  near_ties, // a common value, up to a few ulp apart
  dominant,  // one logit far above the rest
  underflow, // distances around the threshold below which exp(x - m) is subnormal, then zero
  offset,    // normal around a centre of 10^2 to 10^4 (within the format)
  exponents, // sign, exponent and significand uniform: huge, tiny and subnormal logits
  subnormal, // all logits subnormal or zero
  constant,  // all equal
};
inline constexpr std::array<std::string_view, 10> regime_names{"moderate",  "spread", "grid",      "near_ties", "dominant",
                                                               "underflow", "offset", "exponents", "subnormal", "constant"};
constexpr std::string_view name(Regime regime) { return regime_names[static_cast<std::size_t>(regime)]; }
std::optional<Regime> regime_named(std::string_view name);

// What a row is made of. RapidCheck chooses these; the bits follow from them.
struct Structure {
  std::size_t length = 1;
  Regime regime = Regime::moderate;
  bool ties = false;   // some elements copy others
  bool masks = false;  // some elements are -inf, never all
  bool scaled = false; // a scale other than 1
  std::uint64_t seed = 0;
  bool steps = false; // from some element on all are higher, or lower: running maxima and merged parts differ by as much
};

// A row of structure.length values of the format.
std::vector<double> row_of(const Structure& structure, Format format);

// n upstream gradients: spread, one-hot, constant, nearly constant (g - sum p g cancels), zero, of all exponents that leave room for sums.
std::vector<double> gradient_of(Random& random, Format format, std::size_t n);

// What a forward pass leaves behind: softmax of the logits, rounded to the format. For asking a backward pass, not for judging a forward one.
std::vector<double> output_of(const std::vector<double>& logits, Format format);

// Lengths where vector code changes its path: 1, 2, 3, around every vector width of 4 to 64 lanes, and some long ones.
std::size_t interesting_length(std::uint64_t choice);

} // namespace softmax_audit
