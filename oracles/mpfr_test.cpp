#include "oracles/registry.hpp"
#include "oracles/ulp.hpp"
#include "scripts/catch.hpp"

#include <cmath>

using namespace softmax_audit;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

const Oracle& mpfr_oracle() {
  for (const Oracle* oracle : all_oracles())
    if (oracle->name == "mpfr") return *oracle;
  throw std::logic_error("there is no oracle mpfr");
}

std::vector<Truth> truths(Format format, std::vector<double> x, double scale = 1, int resolution = default_resolution) {
  return mpfr_oracle().truths(Problem{Operation::softmax, format, 1, x.size(), x, scale}, resolution);
}

} // namespace

TEST_CASE("mpfr / equal logits share evenly, as a rational and not as an approximation") {
  for (const Format format : formats)
    for (const std::size_t n : {1u, 2u, 3u, 7u, 10u, 4096u, 100000u}) {
      const Truth truth = truths(format, std::vector<double>(n, -3.5))[n / 2];
      // 1/n in double is within 2^-53 relative; to the small formats that decides the rounding.
      if (format != Format::f64) REQUIRE(truth.nearest == round_to(format, 1.0 / static_cast<double>(n)));
      REQUIRE(truth.exact == ((n & (n - 1)) == 0));
      REQUIRE(truth.ulp_exponent == ulp_exponent(format, 1.0 / static_cast<double>(n)));
    }
}

TEST_CASE("mpfr / the residual of 1/3 is a third of an ulp") {
  // 1/3 = 0x0.555555|55..: in binary32 nearest is 0x1.555556p-2, above it by 1/3 ulp.
  const Truth truth = truths(Format::f32, {0, 0, 0})[0];
  REQUIRE(truth.nearest == 0x1.555556p-2);
  REQUIRE(truth.tail == -85.0 / 256);
  REQUIRE(std::fabs(truths(Format::f32, {0, 0, 0}, 1, 40)[0].tail + 1.0 / 3) <= 0x1p-41);
}

TEST_CASE("mpfr / just below a power of two the ulp is that of the binade below, however little is missing") {
  for (const double far : {-20.0, -100.0, -1000.0, -60000.0}) {
    const auto row = truths(Format::f64, {0, far});
    REQUIRE(row[0].nearest == (far == -20.0 ? 0x1.ffffffee4b79bp-1 : 1.0));
    REQUIRE(row[0].ulp_exponent == -53);
    REQUIRE_FALSE(row[0].exact);
    const auto pair = truths(Format::f32, {5, 5, 5 + far});
    REQUIRE(pair[0].nearest == 0.5);
    REQUIRE(pair[0].ulp_exponent == -25);
  }
  // The same with a mask instead: then nothing is missing.
  const auto masked = truths(Format::f32, {5, 5, -infinity});
  REQUIRE(masked[0].ulp_exponent == -24);
  REQUIRE(masked[0].exact);
  REQUIRE(masked[2].exact);
  REQUIRE(masked[2].nearest == 0);
}

TEST_CASE("mpfr / nearly equal logits: the side of one half and its binade") {
  for (const Format format : {Format::f32, Format::f64}) {
    const auto row = truths(format, {smallest_subnormal(format), 0});
    const int below = -traits(format).precision - 1;
    REQUIRE(row[0].nearest == 0.5);
    REQUIRE(row[1].nearest == 0.5);
    REQUIRE(row[0].ulp_exponent == below + 1);
    REQUIRE(row[1].ulp_exponent == below);
    REQUIRE_FALSE(row[0].exact);
  }
  // (2^-23, 0) in binary32 lies 2^-50.6 ulp from a midpoint of the binade above one half.
  const auto hard = truths(Format::f32, {0x1p-23, 0});
  REQUIRE(hard[0].nearest == 0.5);
  REQUIRE(hard[0].tail == 0.5);
}

TEST_CASE("mpfr / the smallest difference a scale can make is still seen") {
  const double least = smallest_subnormal(Format::f64);
  const auto row = truths(Format::f64, {least, 0}, least); // a difference of 2^-2148
  REQUIRE(row[0].ulp_exponent == -53);
  REQUIRE(row[1].ulp_exponent == -54);
}

TEST_CASE("mpfr / logits anywhere in the range, and scaled beyond it") {
  const auto row = truths(Format::f32, {1e30f, -3e38f, 1e30f});
  REQUIRE(row[0].nearest == 0.5);
  REQUIRE(row[0].ulp_exponent == -25);
  REQUIRE(row[1].nearest == 0);
  REQUIRE_FALSE(row[1].exact);
  const auto huge = truths(Format::f64, {1.7e308, -1.7e308}, 1.7e308);
  REQUIRE(huge[0].nearest == 1);
  REQUIRE(huge[1].nearest == 0);
  REQUIRE(huge[1].tail == 0);
  const auto negative_scale = truths(Format::f32, {1, 2}, -1);
  REQUIRE(negative_scale[0].nearest == truths(Format::f32, {2, 1})[0].nearest);
  const auto no_scale = truths(Format::f32, {1, 2, 3}, 0);
  REQUIRE(no_scale[0].nearest == 0x1.555556p-2);
}

TEST_CASE("mpfr / results around the smallest subnormal round by the subnormal spacing") {
  // p = e^d / (1 + e^d) with e^d = 3/8 and 5/8 of the smallest subnormal of binary32: to 0 and to the subnormal.
  const double smallest = std::log(2.0) * -149;
  const auto low = truths(Format::f32, {0, round_to(Format::f32, smallest + std::log(3.0 / 8))})[1];
  const auto high = truths(Format::f32, {0, round_to(Format::f32, smallest + std::log(5.0 / 8))})[1];
  REQUIRE(low.nearest == 0);
  REQUIRE(high.nearest == 0x1p-149);
  REQUIRE(low.ulp_exponent == -149);
  REQUIRE(std::fabs(low.tail - 0.375) < 0.01);
  REQUIRE(std::fabs(high.tail + 0.375) < 0.01);
}

TEST_CASE("mpfr / a coarse residual is the fine one rounded") {
  const std::vector<double> x{0.25, -1.5, 3, -7, 0.125, 2.875};
  const auto coarse = truths(Format::f32, x), fine = truths(Format::f32, x, 1, 40);
  for (std::size_t i = 0; i < x.size(); ++i) {
    REQUIRE(coarse[i].nearest == fine[i].nearest);
    REQUIRE(coarse[i].tail == std::nearbyint(fine[i].tail * 256) / 256);
  }
}

TEST_CASE("mpfr / a row of a million is right where the answer is known") {
  std::vector<double> x(1000000, 0.0);
  x[17] = 1;
  const auto row = truths(Format::f64, x);
  // e / (e + 999999)
  REQUIRE(std::fabs(row[17].nearest - 2.7182818284590452 / 1000001.7182818284590452) < 1e-21);
  REQUIRE(std::fabs(row[0].nearest - 1 / 1000001.7182818284590452) < 1e-21);
}

TEST_CASE("mpfr / rows without a truth are refused") {
  REQUIRE_THROWS_AS(truths(Format::f32, {-infinity, -infinity}), std::invalid_argument);
  REQUIRE_THROWS_AS(truths(Format::f32, {1, infinity}), std::invalid_argument);
  REQUIRE_THROWS_AS(truths(Format::f32, {1, std::nan("")}), std::invalid_argument);
  REQUIRE_THROWS_AS(truths(Format::f32, {1, -infinity}, 0), std::invalid_argument);
}

TEST_CASE("mpfr / decimals keep their digits far below any format") {
  const std::vector<double> x{0, -1000, -1e9};
  const auto digits = mpfr_oracle().decimals(Problem{Operation::softmax, Format::f64, 1, 3, x, 1}, 12);
  REQUIRE(digits[0].substr(0, 10) == "1.00000000");
  REQUIRE(digits[1].substr(0, 12) == "5.0759588975"); // e^-1000 = 5.07595889754...e-435
  REQUIRE(digits[1].substr(digits[1].find('e')) == "e-435");
  REQUIRE(digits[2].substr(digits[2].find('e')) == "e-434294482");
}
