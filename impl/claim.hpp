// What an implementation says about its own arithmetic. Bounds are evaluated from it and from nothing else, so a claim is a
// statement that can be found false.
#pragma once

#include "oracles/format.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace softmax_audit {

enum class Summation { recursive, pairwise, lanes, compensated, wide };
enum class ExponentialForm {
  natural,       // exp(x - m)
  base_two,      // exp2((x - m) log2 e)
  base_two_fused // exp2(fma(x, log2 e, -m log2 e))
};
enum class Division { divide, reciprocal };
enum class Rescaling { none, online };
// What becomes of results and exponentials below the normal range: kept, or replaced by zero.
enum class Subnormals { gradual, flushed };

// Bitwise promises, not bounds: two ways of asking that give the same bits. What is not promised is measured and reported, and
// held only to the bounds of both runs.
enum class Contract : unsigned {
  ties,        // equal logits, wherever they stand in the row
  permutation, // the row in another order
  shift,       // x + c, exact
  scale,       // scale * x folded into the logits, exact
  masks,       // -inf elements added
  batch,       // other rows beside it, other batch sizes
  stride,      // gaps between rows
  axis,        // along another axis
  alignment,   // at another distance from a 64-byte boundary
  place,       // in place
  threads,     // the same call from several threads at once
};
inline constexpr std::array<std::string_view, 11> contract_names{
    "ties", "permutation", "shift", "scale", "masks", "batch", "stride", "axis", "alignment", "place", "threads"};
constexpr std::string_view name(Contract contract) { return contract_names[static_cast<std::size_t>(contract)]; }

class Contracts {
public:
  constexpr Contracts() = default;
  constexpr Contracts(std::initializer_list<Contract> contracts) {
    for (const Contract contract : contracts) bits_ |= 1u << static_cast<unsigned>(contract);
  }
  constexpr bool has(Contract contract) const { return (bits_ >> static_cast<unsigned>(contract)) & 1u; }
  constexpr void add(Contract contract) { bits_ |= 1u << static_cast<unsigned>(contract); }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(Contracts, Contracts) = default;

private:
  std::uint32_t bits_ = 0;
};

// What every implementation keeps that computes each row by itself, element by element in the order of the row.
inline constexpr Contracts rowwise_contracts{Contract::batch,     Contract::stride, Contract::axis,
                                             Contract::alignment, Contract::place,  Contract::threads};

// The default member values are the class that is assumed where nothing is declared (printed as an assumption).
struct Claim {
  // f32 for logits of f16, bf16 and f32; f64 for f64. Set: that format, whatever the logits.
  std::optional<Format> arithmetic{};
  std::optional<Format> accumulator{}; // the arithmetic's format, unless set
  Summation summation = Summation::recursive;
  unsigned accumulator_bytes = 0; // Summation::lanes: bytes of all vector accumulators together
  // E: exp is within 2 E u relative in the normal range (E ulp is never more), within E subnormal spacings below, and never negative.
  double exponential_ulp = 1;
  double logarithm_ulp = 1;               // the same of log; log 1 = 0
  bool difference_is_compensated = false; // x - m enters exp with its rounding error restored
  ExponentialForm form = ExponentialForm::natural;
  Division division = Division::divide;
  Rescaling rescaling = Rescaling::none;
  bool exponential_of_zero_is_one = true;
  Subnormals subnormals = Subnormals::gradual;
  Contracts bitwise{};
};

inline Format arithmetic_of(const Claim& claim, Format storage) {
  if (claim.arithmetic) return *claim.arithmetic;
  return storage == Format::f64 ? Format::f64 : Format::f32;
}

// "exp=1,sum=lanes:32,..." with every field that differs from the default; "nothing" for the default claim.
std::string text_of(const Claim& claim);

// Parses the same text. Keys: exp=ULP, log=ULP, sum=recursive|pairwise|lanes:BYTES|compensated|wide,
// form=natural|exp2|exp2-fused, division=divide|reciprocal, rescaling=none|online, arithmetic=FORMAT, accumulator=FORMAT,
// difference=rounded|compensated, exp0=one|any, subnormals=gradual|flushed, bitwise=CONTRACT+CONTRACT...
// Throws std::invalid_argument with one sentence: what, where, and what was expected.
Claim claim_from(std::string_view text);

// Throws std::invalid_argument where the claim, for logits of this format, is a class that no bound is proved for.
void require_proved(const Claim& claim, Format storage);

} // namespace softmax_audit
