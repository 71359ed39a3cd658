// What an implementation says about its own arithmetic. Bounds are evaluated from it and from nothing else, so a claim is a
// statement that can be found false.
#pragma once

#include "oracles/format.hpp"

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

// The default member values are the class that is assumed where nothing is declared (printed as an assumption).
struct Claim {
  // f32 for logits of f16, bf16 and f32; f64 for f64. Set: that format, whatever the logits.
  std::optional<Format> arithmetic{};
  std::optional<Format> accumulator{}; // the arithmetic's format, unless set
  Summation summation = Summation::recursive;
  unsigned accumulator_bytes = 0; // Summation::lanes: bytes of all vector accumulators together
  // E: exp is within 2 E u relative in the normal range (E ulp is never more), within E subnormal spacings below.
  double exponential_ulp = 1;
  bool difference_is_compensated = false; // x - m enters exp with its rounding error restored
  ExponentialForm form = ExponentialForm::natural;
  Division division = Division::divide;
  Rescaling rescaling = Rescaling::none;
  bool exponential_of_zero_is_one = true;
  // Contracts: bitwise promises, not bounds.
  bool equal_logits_give_equal_bits = false; // the same computation for every element, wherever it stands
};

inline Format arithmetic_of(const Claim& claim, Format storage) {
  if (claim.arithmetic) return *claim.arithmetic;
  return storage == Format::f64 ? Format::f64 : Format::f32;
}

// "exp=1,sum=lanes:32,..." with every field that differs from the default; "nothing" for the default claim.
std::string text_of(const Claim& claim);

// Parses the same text. Keys: exp=ULP, sum=recursive|pairwise|lanes:BYTES|compensated|wide, form=natural|exp2|exp2-fused,
// division=divide|reciprocal, rescaling=none|online, arithmetic=FORMAT, accumulator=FORMAT, difference=rounded|compensated,
// exp0=one|any, ties=bitwise|bounded.
// Throws std::invalid_argument with one sentence: what, where, and what was expected.
Claim claim_from(std::string_view text);

// Throws std::invalid_argument where the claim, for logits of this format, is a class that no bound is proved for.
void require_proved(const Claim& claim, Format storage);

} // namespace softmax_audit
