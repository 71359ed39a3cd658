#include "impl/claim.hpp"

#include "scripts/catch.hpp"

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string rejection(std::string_view text) {
  try {
    claim_from(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

} // namespace

TEST_CASE("claim / text and claim are each other's inverse") {
  for (const std::string_view text :
       {"nothing", "exp=2", "sum=lanes:64,bitwise=ties", "log=2,subnormals=flushed,bitwise=permutation+batch+threads",
        "arithmetic=f64,accumulator=f64,sum=wide,form=exp2-fused,division=reciprocal",
        "exp=1.6,sum=compensated,rescaling=online,difference=compensated,exp0=any"})
    REQUIRE(text_of(claim_from(text)) == text);
}

TEST_CASE("claim / what cannot be read is told with key, value and choices") {
  REQUIRE_THAT(rejection("sum=fast"), ContainsSubstring("sum=fast") && ContainsSubstring("recursive, pairwise"));
  REQUIRE_THAT(rejection("exp"), ContainsSubstring("KEY=VALUE"));
  REQUIRE_THAT(rejection("exp=-1"), ContainsSubstring("above 0"));
  REQUIRE_THAT(rejection("exp=nan"), ContainsSubstring("above 0"));
  REQUIRE_THAT(rejection("expp=1"), ContainsSubstring("no key \"expp\""));
  REQUIRE_THAT(rejection("sum=lanes:"), ContainsSubstring("lanes:BYTES"));
  REQUIRE_THAT(rejection("form=exp2-fused,rescaling=online"), ContainsSubstring("no bound is proved"));
  REQUIRE_THROWS_AS(require_proved(claim_from("accumulator=f16"), Format::f32), std::invalid_argument);
  REQUIRE_NOTHROW(require_proved(claim_from("accumulator=f64"), Format::f32));
  REQUIRE_THAT(rejection("bitwise=ties+bach"), ContainsSubstring("bitwise=bach") && ContainsSubstring("batch"));
  REQUIRE_THAT(rejection("arithmetic=f8"), ContainsSubstring("f16, bf16, f32, f64"));
}
