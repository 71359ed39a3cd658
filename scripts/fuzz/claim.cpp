// --claim: rejected in one sentence, or a claim whose text gives the same claim again, and is proved in every format or rejected.
#include "impl/claim.hpp"
#include "scripts/fuzz/fuzz.hpp"

namespace softmax_audit {

void fuzz::once(std::span<const std::uint8_t> bytes) {
  const MemoryLimit limit((std::size_t{1} << 16) + 16 * bytes.size());
  Claim claim;
  if (!accepted([&] { claim = claim_from(text_of(bytes)); })) return;
  require(claim.exponential_ulp > 0 && claim.exponential_ulp < 1e4 && claim.logarithm_ulp > 0 && claim.logarithm_ulp < 1e4,
          "an accepted claim has an error of exp or log that no bound can use");
  require(claim.summation != Summation::lanes || claim.accumulator_bytes > 0, "an accepted claim has no lanes");
  const std::string text = text_of(claim);
  require_one_sentence(text);
  const Claim again = claim_from(text);
  require(text_of(again) == text && again.bitwise == claim.bitwise && again.arithmetic == claim.arithmetic &&
              again.accumulator == claim.accumulator && again.exponential_ulp == claim.exponential_ulp &&
              again.logarithm_ulp == claim.logarithm_ulp && again.summation == claim.summation && again.form == claim.form &&
              again.division == claim.division && again.rescaling == claim.rescaling && again.subnormals == claim.subnormals &&
              again.difference_is_compensated == claim.difference_is_compensated &&
              again.exponential_of_zero_is_one == claim.exponential_of_zero_is_one,
          "the text of a claim gives another claim");
  for (const Format format : formats) accepted([&] { require_proved(claim, format); });
}

} // namespace softmax_audit
