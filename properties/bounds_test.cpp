#include "properties/bounds.hpp"

#include "oracles/registry.hpp"
#include "properties/inputs/rows.hpp"
#include "properties/laws/row_facts.hpp"
#include "scripts/catch.hpp"

using namespace softmax_audit;

namespace {

std::vector<Truth> truths(Format format, const std::vector<double>& x, double scale = 1) {
  return softmax_audit::truths(default_oracle(), Problem{Operation::softmax, format, 1, x.size(), x, scale});
}

SoftmaxBounds bounds(const Claim& claim, Format format, const std::vector<double>& x, double scale = 1) {
  return softmax_bounds(claim, format, x, scale, truths(format, x, scale));
}

bool covered(const Claim& claim, Format format, const std::vector<double>& x, double scale) {
  return covers(claim, Problem{Operation::softmax, format, 1, x.size(), x, scale});
}

// Code of the class: contiguous blocks, each summed below its own largest logit; exponentials below 1 lose what the claim lets them lose.
std::vector<float> online_in_blocks(const std::vector<double>& x, std::size_t block, double ulps) {
  const auto exponential = [ulps](float d) {
    return d == 0 ? 1.0F : static_cast<float>(std::exp(static_cast<double>(d)) * (1 - (2 * ulps - 1) * 0x1p-24));
  };
  constexpr float nothing = -std::numeric_limits<float>::infinity();
  float largest = nothing, sum = 0;
  for (std::size_t first = 0; first < x.size(); first += block) {
    const std::size_t last = std::min(first + block, x.size());
    float own = nothing, of_block = 0;
    for (std::size_t i = first; i < last; ++i) own = std::max(own, static_cast<float>(x[i]));
    if (own == nothing) continue;
    for (std::size_t i = first; i < last; ++i) of_block += exponential(static_cast<float>(x[i]) - own);
    if (own > largest) {
      sum = (largest == nothing ? 0 : sum * exponential(largest - own)) + of_block;
      largest = own;
    } else {
      sum += of_block * exponential(own - largest);
    }
  }
  std::vector<float> y;
  for (const double value : x) y.push_back(exponential(static_cast<float>(value) - largest) / sum);
  return y;
}

} // namespace

TEST_CASE("bounds / online: a block below the running maximum is rescaled once more than the row rises") {
  constexpr double masked = -std::numeric_limits<double>::infinity();
  Claim claim;
  claim.rescaling = Rescaling::online;
  std::vector<std::vector<double>> rows{{0x1p-54, masked, 0, -0x1p-54}, {0x1p-54, 0, 0, 0, 0, 0x1p-55, 0}};
  std::vector<double> below(300, -0x1p-30); // every block below the first logit, and its own largest logit at its end
  below[0] = 0;
  for (std::size_t i = 1; i < below.size(); ++i) below[i] -= 0x1p-31 * static_cast<double>(below.size() - i);
  rows.push_back(std::move(below));
  double nearest = 0;
  for (const double ulps : {1.0, 2.0, 4.0, 8.0, 16.0, 31.0}) {
    claim.exponential_ulp = ulps;
    for (const std::vector<double>& x : rows) {
      const auto t = truths(Format::f32, x);
      const auto b = softmax_bounds(claim, Format::f32, x, 1, t);
      for (const std::size_t block : {1, 2, 4, 16, 64, 256, 299}) {
        const std::vector<float> y = online_in_blocks(x, block, ulps);
        INFO("E = " << ulps << ", n = " << x.size() << ", blocks of " << block);
        for (std::size_t i = 0; i < x.size(); ++i) {
          const UlpError error = ulp_error(static_cast<double>(y[i]), t[i], Format::f32, default_resolution);
          REQUIRE(std::fabs(error.value) - error.half_width <= b.ulp[i]);
          if (b.ulp[i] > 0) nearest = std::max(nearest, std::fabs(error.value) / b.ulp[i]);
        }
      }
    }
  }
  REQUIRE(nearest > 0.6);
}

TEST_CASE("bounds / online: rises count from where they are, and a logit that nothing exceeds is never rescaled") {
  Claim online;
  online.rescaling = Rescaling::online;
  // One large logit first, the same last: the mass is at the end of the way, or has all of it behind it.
  const auto at_largest = [&](std::vector<double> x) {
    const auto largest = static_cast<std::size_t>(std::max_element(x.begin(), x.end()) - x.begin());
    return bounds(online, Format::f32, x).ulp[largest];
  };
  REQUIRE(at_largest({1, 0, -1, -2}) < at_largest({-2, -1, 0, 1}));
  REQUIRE(std::fabs(at_largest({20, 0, -1, -2}) - at_largest({-2, -1, 0, 20})) < 1e-4);
}

TEST_CASE("bounds / one logit: the division alone is left, half an ulp") {
  for (const Format format : {Format::f32, Format::f64}) {
    const double bound = bounds({}, format, {3}).ulp[0];
    REQUIRE(bound >= 0.5);
    REQUIRE(bound < 0.5001);
  }
}

TEST_CASE("bounds / two equal logits: one addition and one division, neither exponential") {
  const double bound = bounds({}, Format::f32, {7, 7}).ulp[0];
  REQUIRE(bound >= 1);
  REQUIRE(bound < 1.0001);
}

TEST_CASE("bounds / hand-evaluated for (0, -1) in f32: u p (2 + p_1 (2 e + d)) to first order") {
  // x_1 - m is exact, so h_1 = 2 u (exp within 1 ulp); p_0 couples with p_1 h_1; one addition, one division.
  const double p0 = 1 / (1 + std::exp(-1.0)), p1 = 1 - p0;
  const double ulps_per_u = 0x1p-24 / 0x1p-24; // p_0 in [1/2, 1): ulp = u
  const double expected = p0 * (1 + 1 + p1 * 2) * ulps_per_u;
  REQUIRE(std::fabs(bounds({}, Format::f32, {0, -1}).ulp[0] / expected - 1) < 1e-5);
}

TEST_CASE("bounds / an inexact difference costs u times its size, an exact one nothing") {
  const double exact = bounds({}, Format::f32, {0, -20}).ulp[1];
  const double inexact = bounds({}, Format::f32, {0x1p-24, -20}).ulp[1];
  REQUIRE(inexact > exact + 9);
  Claim compensated;
  compensated.difference_is_compensated = true;
  REQUIRE(bounds(compensated, Format::f32, {0x1p-24, -20}).ulp[1] < exact + 0.1);
}

TEST_CASE("bounds / each class of summation is as its height says") {
  const std::vector<double> x(1024, 0.0);
  const auto of_class = [&](Summation summation, unsigned bytes = 0) {
    Claim claim;
    claim.summation = summation;
    claim.accumulator_bytes = bytes;
    return bounds(claim, Format::f32, x).ulp[0]; // p = 2^-10: u p = ulp/2
  };
  REQUIRE(std::fabs(of_class(Summation::recursive) - 1024 / 2.0) < 0.1);
  REQUIRE(std::fabs(of_class(Summation::pairwise) - 11 / 2.0) < 0.01);
  REQUIRE(std::fabs(of_class(Summation::lanes, 64) - (63 + 4 + 1) / 2.0) < 0.01);
  REQUIRE(of_class(Summation::compensated) < 1.1);
  REQUIRE(of_class(Summation::wide) < 1.1);
}

TEST_CASE("bounds / below the normal range the smallest subnormal is the unit, in f64 too") {
  for (const Format format : {Format::f32, Format::f64}) {
    const auto b = bounds({}, format, {0, -2000});
    REQUIRE(b.ulp[1] >= 0.5);
    REQUIRE(b.ulp[1] < 3);
  }
}

TEST_CASE("bounds / logits that only scaling makes equal are not equal") {
  // Found by the audit: fl(2.5 x_0) = fl(2.5 x_1), so the computed row is (1/2, 1/2) where the truth is 20 ulp away.
  const std::vector<double> x{0x1.e93f48p+4, 0x1.e93f46p+4};
  const auto t = truths(Format::f32, x, 2.5);
  const auto b = softmax_bounds({}, Format::f32, x, 2.5, t);
  REQUIRE(std::fabs(ulp_error(0.5, t[0], Format::f32, default_resolution).value) <= b.ulp[0]);
}

TEST_CASE("bounds / where the class allows 100 % they say nothing, and say so") {
  // Two logits that scale to one number although e^(2^324) lies between them.
  REQUIRE(std::isinf(bounds({}, Format::f64, {0x1.d5166f5de7783p+377, 0x1.d5166f5de7784p+377}, 0x1.9998p-1).ulp[0]));
}

TEST_CASE("bounds / a class says nothing about rows on which its arithmetic overflows") {
  Claim narrow, fused;
  narrow.arithmetic = Format::f32;
  fused.form = ExponentialForm::base_two_fused;
  REQUIRE(covered({}, Format::f64, std::vector<double>{0x1p+128, 0}, 1));
  REQUIRE_FALSE(covered(narrow, Format::f64, std::vector<double>{0x1p+128, 0}, 1));
  REQUIRE_FALSE(covered({}, Format::f32, std::vector<double>{0x1p+100, 0}, 0x1p+30));
  REQUIRE(covered(fused, Format::f32, std::vector<double>{1000, 0}, 1));
  REQUIRE_FALSE(covered(fused, Format::f32, std::vector<double>{0x1.8p+31}, 1));
  narrow.arithmetic = Format::f16; // sums of 70,000 ones overflow
  REQUIRE_FALSE(covered(narrow, Format::f16, std::vector<double>(70000, 0.0), 1));
}

TEST_CASE("bounds / a row of nothing but masks is covered: profiles have to be asked of it") {
  const std::vector<double> masked(3, -std::numeric_limits<double>::infinity());
  for (const Operation operation : {Operation::softmax, Operation::log_softmax, Operation::log_sum_exp})
    for (const Format format : formats) REQUIRE(covers({}, Problem{operation, format, 1, 3, masked, 1}));
  // The logits of binary16 in binary32 never differ by too much; those of binary64 do.
  Claim narrow;
  narrow.arithmetic = Format::f32;
  const std::vector<double> far{-3e38, 3e38};
  REQUIRE_FALSE(covers(narrow, Problem{Operation::log_softmax, Format::f64, 1, 2, far, 1}));
}

TEST_CASE("bounds / converting logits to a narrower arithmetic costs u of their size, not of their difference") {
  Claim narrow;
  narrow.arithmetic = Format::f32;
  const std::vector<double> x{0x1.38p+13, 0x1.387ce3d8p+13};
  const auto t = truths(Format::f64, x);
  const float m = static_cast<float>(x[1]), e = std::exp(static_cast<float>(x[0]) - m);
  const double y = static_cast<double>(e / (e + 1));
  REQUIRE(std::fabs(ulp_error(y, t[0], Format::f64, default_resolution).value) <=
          softmax_bounds(narrow, Format::f64, x, 1, t).ulp[0]);
}

TEST_CASE("bounds / fused exponents: what is common to the row cancels") {
  Claim fused;
  fused.form = ExponentialForm::base_two_fused;
  REQUIRE(bounds(fused, Format::f32, {1000, 999.3f}).ulp[0] < 10);
  REQUIRE(bounds(fused, Format::f32, {5, 5}).ulp[0] > bounds({}, Format::f32, {5, 5}).ulp[0]); // exp2(0) is not asked for
}

TEST_CASE("bounds / an element with nearly all the mass and a large error does not cancel out of its own bound") {
  // Found by the audit: both scale to one number, (1/2, 1/2) where the truth is (e^-22, 1).
  const std::vector<double> x{-0x1.b7a3e2p+29, -0x1.b7a3ep+29};
  const double scale = 0x1.68p-2;
  const auto t = truths(Format::f32, x, scale);
  const auto b = softmax_bounds({}, Format::f32, x, scale, t);
  for (std::size_t i = 0; i < 2; ++i)
    REQUIRE(std::fabs(ulp_error(0.5, t[i], Format::f32, default_resolution).value) <= b.ulp[i]);
}

TEST_CASE("bounds / masked elements must be exact zeros") {
  REQUIRE(bounds({}, Format::f32, {0, -std::numeric_limits<double>::infinity()}).ulp[1] == 0);
}

TEST_CASE("bounds / a plain softmax attains most of the bound at n = 2 and never exceeds it") {
  double largest = 0;
  for (std::uint64_t seed = 0; seed < 20000; ++seed) {
    Structure structure{2, Regime::spread, false, false, false, seed};
    const std::vector<double> x = row_of(structure, Format::f32);
    const auto t = truths(Format::f32, x);
    const auto b = softmax_bounds({}, Format::f32, x, 1, t);
    const float m = static_cast<float>(std::max(x[0], x[1]));
    const float e0 = std::exp(static_cast<float>(x[0]) - m), e1 = std::exp(static_cast<float>(x[1]) - m);
    for (std::size_t i = 0; i < 2; ++i) {
      const float y = (i == 0 ? e0 : e1) / (e0 + e1);
      const double error = std::fabs(ulp_error(static_cast<double>(y), t[i], Format::f32, default_resolution).value);
      largest = std::max(largest, error / b.ulp[i]);
    }
  }
  REQUIRE(largest <= 1);
  REQUIRE(largest > 0.8); // a bound that is never approached would hide faults
}

TEST_CASE("ulp_error / is signed, counts from the exact value, and knows what it does not know") {
  const Truth third = truths(Format::f32, {0, 0, 0})[0];
  const UlpError nearest = ulp_error(third.nearest, third, Format::f32, default_resolution);
  REQUIRE(std::fabs(nearest.value - 1.0 / 3) < 0.003);
  REQUIRE(nearest.half_width >= 0x1p-9);
  const Truth half = truths(Format::f32, {0, 0})[0];
  REQUIRE(ulp_error(0.5, half, Format::f32, default_resolution).value == 0);
  REQUIRE(ulp_error(0.5, half, Format::f32, default_resolution).half_width == 0);
  REQUIRE(ulp_error(0.5 - 0x1p-24, half, Format::f32, default_resolution).value == -1);
}
