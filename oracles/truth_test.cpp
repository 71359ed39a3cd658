#include "oracles/registry.hpp"
#include "oracles/ulp.hpp"
#include "scripts/catch.hpp"

#include <algorithm>
#include <cmath>

using namespace softmax_audit;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Every oracle's answer: they have to be the same, field by field.
std::vector<Truth> truths(const Problem& problem, int resolution = default_resolution) {
  const std::vector<Truth> first = softmax_audit::truths(*all_oracles().front(), problem, resolution);
  for (const Oracle* oracle : all_oracles()) {
    const std::vector<Truth> other = softmax_audit::truths(*oracle, problem, resolution);
    REQUIRE(other.size() == first.size());
    bool same = true;
    for (std::size_t i = 0; i < first.size(); ++i) {
      Truth a = first[i], b = other[i];
      if (std::isnan(a.nearest) && std::isnan(b.nearest)) a.nearest = b.nearest = 0;
      if (a == b) continue;
      same = false;
      UNSCOPED_INFO(all_oracles().front()->name << " and " << oracle->name << " differ at " << i << ": " << first[i].nearest
                                                << " tail " << first[i].tail << " ulp " << first[i].ulp_exponent << " exact "
                                                << first[i].exact << ", " << other[i].nearest << " tail " << other[i].tail
                                                << " ulp " << other[i].ulp_exponent << " exact " << other[i].exact);
    }
    REQUIRE(same);
  }
  return first;
}

std::vector<Truth> truths(Format format, std::vector<double> x, double scale = 1, int resolution = default_resolution) {
  return truths(Problem{Operation::softmax, format, 1, x.size(), x, scale}, resolution);
}
std::vector<Truth> of(Operation operation, Format format, std::vector<double> x, double scale = 1) {
  return truths(Problem{operation, format, 1, x.size(), x, scale});
}
std::vector<Truth> backward(Operation operation, Format format, std::vector<double> x, std::vector<double> dy) {
  return truths(Problem{operation, format, 1, x.size(), x, 1, dy});
}
Truth cross_entropy(Format format, std::vector<double> x, std::int64_t target) {
  return truths(Problem{Operation::cross_entropy, format, 1, x.size(), x, 1, {}, {&target, 1}})[0];
}

constexpr Operation log_softmax = Operation::log_softmax, log_sum_exp = Operation::log_sum_exp, sigmoid = Operation::sigmoid,
                    softmax_backward = Operation::softmax_backward, from_output = Operation::softmax_backward_from_output;

} // namespace

TEST_CASE("truth / equal logits share evenly, as a rational and not as an approximation") {
  for (const Format format : formats)
    for (const std::size_t n : {1u, 2u, 3u, 7u, 10u, 4096u, 100000u}) {
      const Truth truth = truths(format, std::vector<double>(n, -3.5))[n / 2];
      // 1/n in double is within 2^-53 relative; to the small formats that decides the rounding.
      if (format != Format::f64) REQUIRE(truth.nearest == round_to(format, 1.0 / static_cast<double>(n)));
      REQUIRE(truth.exact == ((n & (n - 1)) == 0));
      REQUIRE(truth.ulp_exponent == ulp_exponent(format, 1.0 / static_cast<double>(n)));
    }
}

TEST_CASE("truth / the residual of 1/3 is a third of an ulp") {
  // 1/3 = 0x0.555555|55..: in binary32 nearest is 0x1.555556p-2, above it by 1/3 ulp.
  const Truth truth = truths(Format::f32, {0, 0, 0})[0];
  REQUIRE(truth.nearest == 0x1.555556p-2);
  REQUIRE(truth.tail == -85.0 / 256);
  REQUIRE(std::fabs(truths(Format::f32, {0, 0, 0}, 1, 40)[0].tail + 1.0 / 3) <= 0x1p-41);
}

TEST_CASE("truth / just below a power of two the ulp is that of the binade below, however little is missing") {
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

TEST_CASE("truth / nearly equal logits: the side of one half and its binade") {
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

TEST_CASE("truth / the smallest difference a scale can make is still seen") {
  const double least = smallest_subnormal(Format::f64);
  const auto row = truths(Format::f64, {least, 0}, least); // a difference of 2^-2148
  REQUIRE(row[0].ulp_exponent == -53);
  REQUIRE(row[1].ulp_exponent == -54);
}

TEST_CASE("truth / logits anywhere in the range, and scaled beyond it") {
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

TEST_CASE("truth / results around the smallest subnormal round by the subnormal spacing") {
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

TEST_CASE("truth / a coarse residual is the fine one rounded") {
  const std::vector<double> x{0.25, -1.5, 3, -7, 0.125, 2.875};
  const auto coarse = truths(Format::f32, x), fine = truths(Format::f32, x, 1, 40);
  for (std::size_t i = 0; i < x.size(); ++i) {
    REQUIRE(coarse[i].nearest == fine[i].nearest);
    REQUIRE(coarse[i].tail == std::nearbyint(fine[i].tail * 256) / 256);
  }
}

TEST_CASE("truth / a row of a million is right where the answer is known") {
  std::vector<double> x(1000000, 0.0);
  x[17] = 1;
  const auto row = truths(Format::f64, x);
  // e / (e + 999999)
  REQUIRE(std::fabs(row[17].nearest - 2.7182818284590452 / 1000001.7182818284590452) < 1e-21);
  REQUIRE(std::fabs(row[0].nearest - 1 / 1000001.7182818284590452) < 1e-21);
}

TEST_CASE("truth / long rows: every oracle gives the same bits") {
  for (const Format format : {Format::f32, Format::f64}) {
    std::vector<double> x((std::size_t{1} << 19) + 5);
    std::uint64_t state = 1;
    for (double& value : x) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      value = round_to(format, static_cast<double>(state >> 11) * 0x1p-49); // 0 to 16
    }
    truths(format, x);
  }
}

// The longest row that the proofs allow; the reference would take a minute more for each.
TEST_CASE("long / rows of 2^24: fast and arb give the same bits", "[.long]") {
  for (const Format format : {Format::f32, Format::f64}) {
    std::vector<double> x(longest_row);
    std::uint64_t state = 1;
    for (double& value : x) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      value = round_to(format, static_cast<double>(state >> 11) * 0x1p-49);
    }
    const Problem problem{Operation::softmax, format, 1, x.size(), x};
    REQUIRE(softmax_audit::truths(oracle_named("fast"), problem) == softmax_audit::truths(oracle_named("arb"), problem));
  }
}

TEST_CASE("truth / what special values decide") {
  for (const Format format : formats) {
    const auto undefined = [](const std::vector<Truth>& row) {
      return std::all_of(row.begin(), row.end(), [](const Truth& t) { return std::isnan(t.nearest) && !t.exact; });
    };
    const std::vector<std::vector<double>> rows{{-infinity, -infinity}, {1, infinity}, {1, std::nan("")}};
    for (const auto& row : rows) {
      REQUIRE(undefined(of(Operation::softmax, format, row)));
      REQUIRE(undefined(of(log_softmax, format, row)));
      REQUIRE(undefined(backward(softmax_backward, format, row, {1, 2})));
      REQUIRE(undefined({cross_entropy(format, row, 0)}));
    }
    REQUIRE(undefined(of(Operation::softmax, format, {1, -infinity}, 0)));
    REQUIRE(undefined(backward(softmax_backward, format, {1, 2}, {1, infinity})));
    REQUIRE(undefined(backward(from_output, format, {0.5, 0.5}, {1, std::nan("")})));
    REQUIRE(of(log_sum_exp, format, {-infinity, -infinity})[0].nearest == -infinity);
    REQUIRE(of(log_sum_exp, format, {})[0].nearest == -infinity);
    REQUIRE(of(log_sum_exp, format, {})[0].exact);
    REQUIRE(of(log_sum_exp, format, {1, infinity})[0].nearest == infinity);
    REQUIRE(undefined(of(log_sum_exp, format, {infinity, std::nan("")})));
    for (const Operation operation : {Operation::softmax, log_softmax, sigmoid}) REQUIRE(of(operation, format, {}).empty());
    const auto masked = of(log_softmax, format, {-infinity, 3, 3});
    REQUIRE(masked[0].nearest == -infinity);
    REQUIRE(masked[0].exact);
    REQUIRE_FALSE(masked[1].exact);
    REQUIRE(cross_entropy(format, {-infinity, 3}, 0).nearest == infinity);
    REQUIRE(backward(softmax_backward, format, {-infinity, 3, 4}, {1, 2, 4})[0] ==
            Truth{0, 0, smallest_subnormal_exponent(format), true});
    const auto ends = of(sigmoid, format, {infinity, -infinity, std::nan(""), 0});
    REQUIRE(ends[0] == Truth{1, 0, ulp_exponent(format, 1), true});
    REQUIRE((ends[1].nearest == 0 && ends[1].exact));
    REQUIRE(undefined({ends[2]}));
    REQUIRE(ends[3] == Truth{0.5, 0, ulp_exponent(format, 0.5), true});
  }
}

TEST_CASE("truth / problems that are none are refused") {
  for (const Oracle* oracle : all_oracles()) {
    const std::vector<double> x{1, 2};
    const std::int64_t outside = 2;
    const auto ask = [&](const Problem& problem) { return softmax_audit::truths(*oracle, problem); };
    REQUIRE_THROWS_AS(ask(Problem{Operation::cross_entropy, Format::f32, 1, 2, x, 1, {}, {&outside, 1}}),
                      std::invalid_argument);
    REQUIRE_THROWS_AS(ask(Problem{softmax_backward, Format::f32, 1, 2, x, 1}), std::invalid_argument);
    REQUIRE_THROWS_AS(ask(Problem{from_output, Format::f32, 1, 2, x, 2, x}), std::invalid_argument);
    REQUIRE_THROWS_AS(ask(Problem{Operation::softmax, Format::f32, 1, 3, x}), std::invalid_argument);
  }
}

TEST_CASE("truth / log-softmax of (1, -2^24): a midpoint and e^-16777217 beyond it") {
  const auto row = of(log_softmax, Format::f32, {1, -0x1p24});
  REQUIRE(row[0] == Truth{0, 0, -149, false});
  REQUIRE(row[1] == Truth{-16777218, 0.5, 1, false});
  REQUIRE(cross_entropy(Format::f32, {1, -0x1p24}, 1) == Truth{16777218, -0.5, 1, false});
  // With the tie alone there is nothing beyond the midpoint: an exact half goes to even.
  REQUIRE(of(log_sum_exp, Format::f32, {0x1.000002p0}, 0x1.8p0)[0] == Truth{0x1.800004p0, -0.5, -23, false});
}

TEST_CASE("truth / (0, -1000) and its binade, in every operation") {
  for (const Format format : {Format::bf16, Format::f32, Format::f64}) {
    const int p = traits(format).precision, least = smallest_subnormal_exponent(format);
    const double far = round_to(format, -1000);
    REQUIRE(of(Operation::softmax, format, {0, far})[0] == Truth{1, 0, -p, false});
    REQUIRE(of(Operation::softmax, format, {0, far})[1] == Truth{0, 0, least, false});
    REQUIRE(of(log_softmax, format, {0, far})[0] == Truth{0, 0, least, false});
    REQUIRE(of(log_sum_exp, format, {0, far})[0] == Truth{0, 0, least, false});
    REQUIRE(of(log_sum_exp, format, {1, 1 + far})[0].nearest == 1);
    REQUIRE(of(sigmoid, format, {-far})[0] == Truth{1, 0, -p, false});
    REQUIRE(of(sigmoid, format, {far})[0] == Truth{0, 0, least, false});
    // Just below a power of two on the negative side, and the exact one beside it.
    REQUIRE(backward(softmax_backward, format, {0, 0, far}, {-1, 1, 1})[0] == Truth{-0.5, 0, -p - 1, false});
    REQUIRE(backward(softmax_backward, format, {0, 0, -infinity}, {-1, 1, 1})[0] == Truth{-0.5, 0, -p, true});
  }
}

TEST_CASE("truth / gradients that vanish, and those that only nearly do") {
  const Truth zero{0, 0, -149, true};
  for (const Truth& truth : backward(softmax_backward, Format::f32, {0, 1, -3e30}, {3, 3, 3})) REQUIRE(truth == zero);
  const auto groups = backward(softmax_backward, Format::f32, {0, 1, 0, 1}, {1, 2, 3, 2});
  REQUIRE(groups[1] == zero);
  REQUIRE(groups[3] == zero);
  REQUIRE(groups[0].nearest == -groups[2].nearest);
  REQUIRE(std::fabs(groups[0].nearest + 0.5 / (1 + std::exp(1.0))) < 1e-7);
  REQUIRE(backward(softmax_backward, Format::f32, {7, 7}, {1, -1})[0] == Truth{0.5, 0, -24, true});
  // k = 3, (3 g - sum g) / 9 = 5/9 = 0x0.8e38e38e..
  REQUIRE(backward(softmax_backward, Format::f32, {7, 7, 7}, {2, 1, 0})[0].nearest == 0x1.555556p-2);
  // Two at the top, one far below whose first-order effect cancels: the second order says "below".
  // (2 + 2R) / (2 + R)^2 = 1/2 - R^2 / (2 (2 + R)^2).
  REQUIRE(backward(softmax_backward, Format::f32, {0, 0, -1000}, {1, -1, -1})[0] == Truth{0.5, 0, -25, false});
  REQUIRE(backward(softmax_backward, Format::f32, {0, 0, -1e30}, {1, -1, -1})[0] == Truth{0.5, 0, -25, false});
  // g = 0 instead: (2 + R) / (2 + R)^2 is below as well; g = -2: (2 + 3R) / (2 + R)^2 above.
  REQUIRE(backward(softmax_backward, Format::f32, {0, 0, -1000}, {1, -1, 0})[0] == Truth{0.5, 0, -25, false});
  REQUIRE(backward(softmax_backward, Format::f32, {0, 0, -1000}, {1, -1, -2})[0] == Truth{0.5, 0, -24, false});
}

TEST_CASE("truth / a gradient beside a rational number, where first and second order cancel exactly") {
  // x = (2, 2, 1, 1, 0, 0) s: with E = e^-s, the linear term of the last group, 2^-3 E^2, is C_0 R^2's leading term.
  const double s = 0x1.bf30fcp+104;
  const auto row = truths(Problem{softmax_backward, Format::f32, 1, 6, std::vector<double>{2, 2, 1, 1, 0, 0}, s,
                                  std::vector<double>{0x1p-5, 0, 0, 0, 0, -0x1p-5}});
  REQUIRE(row[0].nearest == 0x1p-7);
  // v = (2^-5 + E 2^-4 + E^2 3 2^-5) / (2 + 2 E + 2 E^2)^2 = 2^-7 (1 + 2 E + 3 E^2) / (1 + E + E^2)^2
  //   = 2^-7 (1 - (2 E^3 + E^4) / (1 + E + E^2)^2): below.
  REQUIRE(row[0].ulp_exponent == -31);
  REQUIRE_FALSE(row[0].exact);
}

TEST_CASE("truth / a unit gradient at one of two largest: nothing of the first order is left") {
  // v_0 = p (1 - p) = (1 + R) / (2 + R)^2 = 1/4 - R^2 / (4 (2 + R)^2), and v_1 = -1 / (2 + R)^2: both nearer to 0 than 1/4.
  for (const double scale : {1.0, -1.0})
    for (const std::size_t groups : {1u, 64u, 65u, 66u, 300u})
      for (const double step : {0x1p90, 0x1p-4}) { // far from each other, and near: only all of them together are R
        std::vector<double> x{0, 0}, g{1, 0};
        for (std::size_t j = 0; j < groups; ++j) {
          x.push_back(scale * -((step > 1 ? 0x1p99 : 0x1p15) + static_cast<double>(j) * step));
          g.push_back(0);
        }
        const auto row = truths(Problem{softmax_backward, Format::f32, 1, x.size(), x, scale, g});
        REQUIRE(row[0] == Truth{0.25, 0, -26, false});
        REQUIRE(row[1] == Truth{-0.25, 0, -26, false});
        REQUIRE(row[2] == Truth{0, 0, -149, false});
        std::fill(x.begin() + 2, x.end(), scale * -infinity); // the same with masks: nothing is missing
        REQUIRE(truths(Problem{softmax_backward, Format::f32, 1, x.size(), x, scale, g})[0] == Truth{0.25, 0, -25, true});
      }
}

TEST_CASE("truth / orders that vanish between logits nearer to each other than any double to its neighbour") {
  // Differences of h = 2^-2148. p (1 - p) for p = 1/2 + h/4: below 1/4 by h^2/16. For (h, -h, 0, 0) the share at 0 is
  // 1/4 - h^2/16, and p (1 - 2 p) is below 1/8 by twice the square of that. Masks take nothing.
  const double least = smallest_subnormal(Format::f64);
  const auto scaled = [&](std::vector<double> x, std::vector<double> g) {
    for (double& value : x) value *= least;
    return truths(Problem{softmax_backward, Format::f64, 1, x.size(), x, least, g});
  };
  REQUIRE(scaled({1, 0}, {1, 0})[0] == Truth{0.25, 0, -55, false});
  REQUIRE(scaled({1, -1, 0, 0}, {0, 0, 1, 1})[2] == Truth{0.125, 0, -56, false});
  REQUIRE(scaled({1, -1, 0, 0, -infinity}, {0, 0, 1, 1, 0})[2] == Truth{0.125, 0, -56, false});
  const std::vector<double> x{least, -least, 0, 0}; // the same for the share
  REQUIRE(truths(Format::f64, x, least)[2] == Truth{0.25, 0, -55, false});
  REQUIRE(truths(Format::f64, {least, -least, 0, 0, -1.7e308}, 1)[2] == Truth{0.25, 0, -55, false});
}

TEST_CASE("truth / first-order terms of many groups, near each other and of both signs") {
  // K_j = 4 (1 - g_j) - 8 = 16 for g_j = -5 and -12 for g_j = 2: each pair adds, and first the larger exponential.
  std::vector<double> x{0, 0}, g{1, -1};
  for (std::size_t j = 0; j < 300; ++j) {
    x.push_back(-0x1p15 - static_cast<double>(j) * 0x1p-8);
    g.push_back(j % 2 == 0 ? -5 : 2);
  }
  REQUIRE(backward(softmax_backward, Format::f32, x, g)[0] == Truth{0.5, 0, -24, false});
  // The other way round: the difference of the first two is -12 + 16 (1 - 2^-8), and positive; below only for 2 alone.
  std::fill(g.begin() + 2, g.end(), 2.0);
  REQUIRE(backward(softmax_backward, Format::f32, x, g)[0] == Truth{0.5, 0, -25, false});
}

TEST_CASE("truth / a first-order term as large as the square of a sum of many") {
  // 100 elements at -2^15 - j/64 without a term of the first order, (1 - e^(-100/64)) / (1 - e^(-1/64)) = 50.98 e^-2^15 in all,
  // against K e^-2^16: C_0 R^2 = 2 * 50.98^2 e^-2^16 = 5198 e^-2^16, K = 4 (1 - g) - 8.
  for (const auto& [last, ulp_exponent] : {std::pair{-1200.0, -25}, std::pair{-1400.0, -24}}) {
    std::vector<double> x{0, 0}, g{1, -1};
    for (std::size_t j = 0; j < 100; ++j) {
      x.push_back(-0x1p15 - static_cast<double>(j) / 64);
      g.push_back(-1);
    }
    x.push_back(-0x1p16);
    g.push_back(last);
    REQUIRE(backward(softmax_backward, Format::f32, x, g)[0] == Truth{0.5, 0, ulp_exponent, false});
  }
}

TEST_CASE("truth / a gradient that cancels order after order") {
  // x = -s (0, 0, 1, ..., J), g = (4, 0, 0, -1, ..., 1 - J): C_0 = 4, Q = 1, K_j = 4 (j - 1), and j is the sum of j - 1 ordered
  // pairs, which have -C_0 each. So all orders up to J vanish, and what follows is pairs alone: below. One more in the last
  // gradient is -4 of the order J: below, and one less is above.
  for (const std::size_t count : {1u, 2u, 63u, 64u, 65u, 70u, 500u, 1000u})
    for (const auto& [change, ulp_exponent] : {std::pair{0.0, -24}, std::pair{1.0, -24}, std::pair{-1.0, -23}}) {
      std::vector<double> x{0, 0}, g{4, 0};
      for (std::size_t j = 1; j <= count; ++j) {
        x.push_back(-static_cast<double>(j));
        g.push_back(1 - static_cast<double>(j));
      }
      g.back() += change;
      for (const double scale : {0x1p100, 1e4, 0x1.0001p1000}) {
        const Problem problem{softmax_backward, Format::f32, 1, x.size(), x, scale, g};
        for (const Oracle* oracle : all_oracles()) {
          const Truth first = softmax_audit::truths(*oracle, problem)[0];
          INFO(oracle->name << ", " << count << " groups, change " << change << ", scale " << scale);
          REQUIRE(first == Truth{1, 0, ulp_exponent, false});
        }
      }
    }
}

TEST_CASE("truth / gradients beside a rational number are on the side that whole-number polynomials tell") {
  // x = -s m with whole m: k0^2 D - C S^2 is a polynomial in E = e^-s with whole coefficients, and for s = 2^100 its sign is that
  // of its lowest one. Gradients are drawn so that low orders vanish more often than not.
  std::uint64_t state = 7;
  const auto draw = [&state](std::size_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state >> 40) % below;
  };
  std::size_t of_first_order = 0, of_higher_order = 0;
  for (std::size_t round = 0; round < 3000; ++round) {
    const std::size_t maximal = 2 + 2 * draw(2), groups = 1 + draw(round % 10 == 0 ? 90 : 9);
    std::vector<std::int64_t> m(maximal, 0), g;
    for (std::size_t i = 0; i < maximal; ++i) g.push_back(i < maximal / 2 ? 8 : -8); // C = 8 k0 for the first
    const std::int64_t c = static_cast<std::int64_t>(8 * maximal), k = static_cast<std::int64_t>(maximal);
    std::int64_t at = 0;
    std::vector<std::int64_t> order(400, 0); // of the square of the sum over those that are not maximal
    std::vector<std::int64_t> count(200, 0);
    for (std::size_t group = 0; group < groups; ++group) {
      at += 1 + static_cast<std::int64_t>(draw(2) * draw(2));
      const std::size_t members = 1 + draw(2);
      // The coefficient of E^at is members (k^2 (8 - g) - 2 k c) - c (pairs with that sum).
      std::int64_t pairs = 0;
      for (std::int64_t a = 1; a < at; ++a)
        pairs += count[static_cast<std::size_t>(a)] * count[static_cast<std::size_t>(at - a)];
      const std::int64_t vanishing = 8 * k * k - 2 * k * c; // k^2 times the g at which the first order vanishes
      const std::int64_t wanted = vanishing * static_cast<std::int64_t>(members) - c * pairs;
      std::int64_t sum = wanted / (k * k);
      if (draw(groups + 1) == 0) sum += static_cast<std::int64_t>(draw(3)) - 1;
      for (std::size_t i = 0; i < members; ++i) {
        m.push_back(at);
        g.push_back(i == 0 ? sum : 0);
      }
      count[static_cast<std::size_t>(at)] += static_cast<std::int64_t>(members);
    }
    for (std::size_t i = maximal; i < m.size(); ++i) order[static_cast<std::size_t>(m[i])] += k * k * (g[0] - g[i]) - 2 * k * c;
    for (std::size_t i = maximal; i < m.size(); ++i)
      for (std::size_t j = maximal; j < m.size(); ++j) order[static_cast<std::size_t>(m[i] + m[j])] -= c;
    const auto lowest = std::find_if(order.begin(), order.end(), [](std::int64_t coefficient) { return coefficient != 0; });
    REQUIRE(lowest != order.end());
    ++(lowest - order.begin() == m[maximal] ? of_first_order : of_higher_order);

    std::vector<double> x, dy;
    for (std::size_t i = 0; i < m.size(); ++i) {
      x.push_back(-static_cast<double>(m[i]));
      dy.push_back(static_cast<double>(g[i]));
    }
    const double quotient = 8 / static_cast<double>(k); // C / k^2
    const int ulp = ulp_exponent(Format::f32, quotient);
    const auto row = truths(Problem{softmax_backward, Format::f32, 1, x.size(), x, 0x1p100, dy});
    INFO("round " << round);
    REQUIRE(row[0] == Truth{quotient, 0, *lowest > 0 ? ulp : ulp - 1, false});
  }
  REQUIRE(of_first_order > 100);
  REQUIRE(of_higher_order > 1000);
}

TEST_CASE("truth / gradients from the output are rational: ties are ties") {
  const auto row = backward(from_output, Format::f32, {0x1.000002p0, 1}, {0, 1.5});
  REQUIRE(row[0] == Truth{-0x1.800004p0, 0.5, -23, false});
  REQUIRE(row[1] == Truth{0, 0, -149, true});
  REQUIRE(backward(from_output, Format::f32, {0.5, 0.5}, {1, 0})[0] == Truth{0.25, 0, -25, true});
  REQUIRE(backward(from_output, Format::f64, {0x1p-1074, 1}, {1, 0x1p-1074})[0] == Truth{0x1p-1074, 0, -1074, false});
}

TEST_CASE("truth / a gradient that is exactly 0 although its summands underflow") {
  const auto row =
      backward(softmax_backward, Format::f32, {0, -0x1.4018p9, -0x1.4018p9, -0x1.4018p9}, {0, 0x1p-149, 0x1p-149, -0x1p-148});
  REQUIRE(row[0] == Truth{0, 0, -149, true});
}

TEST_CASE("truth / a mean that is not exact, although what was lost is nowhere to be seen") {
  // 2^-120 in the mean: absorbed on the way, by a number that cancels afterwards.
  const std::vector<double> part{0x1p60, 1, 0x1p-60, -1, 0x1p-50, 0x1p-120, -0x1p-50, 1, -0x1p-60, -1, -0x1p60};
  std::vector<double> y(88, 0.0), g(88, 0.0);
  for (std::size_t k = 0; k < part.size(); ++k) {
    y[8 * k] = 1;
    g[8 * k] = part[k];
  }
  y[1] = y[9] = 0x1.000002p0;
  g[1] = 1.5;
  g[9] = -1.5;
  const auto row = backward(from_output, Format::f32, y, g);
  REQUIRE(row[8] == Truth{1, 0, -24, false});
  REQUIRE(row[1] == Truth{0x1.800002p0, 0.5, -23, false});
}

TEST_CASE("truth / log-sum-exp of a largest logit far smaller than the rest's logarithm") {
  // m = -2^-169, R = e^-32
  REQUIRE(of(log_sum_exp, Format::f32, {-0x1p-149, -0x1p25}, 0x1p-20)[0].nearest == 0x1.c8465p-47);
}

TEST_CASE("truth / logits of 1e30") {
  const double large = round_to(Format::f32, 1e30);
  REQUIRE(of(log_softmax, Format::f32, {large, 0})[1] == Truth{-large, 0, ulp_exponent(Format::f32, large), false});
  REQUIRE(of(log_softmax, Format::f32, {large, 0})[0] == Truth{0, 0, -149, false});
  REQUIRE(of(log_sum_exp, Format::f32, {large, large})[0] == Truth{large, 0, ulp_exponent(Format::f32, large), false});
  REQUIRE(of(log_softmax, Format::f32, {large, large})[0].nearest == round_to(Format::f32, -std::log(2.0)));
  REQUIRE(backward(softmax_backward, Format::f32, {large, 0}, {1, 2})[0] == Truth{0, 0, -149, false});
}

TEST_CASE("truth / overflow is the infinity of the rounded result") {
  for (const Format format : formats) {
    const double largest = largest_finite(format);
    const Truth overflow{-infinity, 0, ulp_exponent(format, largest), false};
    REQUIRE(of(log_softmax, format, {-largest, largest})[0] == overflow);
    REQUIRE(cross_entropy(format, {-largest, largest}, 0) == Truth{infinity, 0, overflow.ulp_exponent, false});
    REQUIRE(of(log_sum_exp, format, {largest}, 2)[0] == Truth{infinity, 0, overflow.ulp_exponent, false});
    REQUIRE(of(log_sum_exp, format, {largest})[0] == Truth{largest, 0, overflow.ulp_exponent, true});
  }
  // binary16 overflows from 65520 on, the midpoint itself included: 1365 * 48.
  REQUIRE(of(log_sum_exp, Format::f16, {1365}, 48)[0] == Truth{infinity, 0, 5, false});
  REQUIRE(of(log_sum_exp, Format::f16, {1365, -1000}, 48)[0] == Truth{infinity, 0, 5, false});
  // 65504 + log 2 = 65504.69.
  REQUIRE(of(log_sum_exp, Format::f16, {65504, 65504})[0] == Truth{65504, 6.0 / 256, 5, false});
}

TEST_CASE("truth / binary16's log-sum-exp overflows by its length alone") {
  // 65504 + log n >= 65520 from n = e^16 = 8886110.5 on.
  const std::vector<double> x(8886111, 65504.0);
  const Problem below{log_sum_exp, Format::f16, 1, 8886110, std::span(x).first(8886110)};
  for (const Oracle* oracle : all_oracles()) {
    REQUIRE(softmax_audit::truths(*oracle, Problem{log_sum_exp, Format::f16, 1, x.size(), x})[0] ==
            Truth{infinity, 0, 5, false});
    REQUIRE(softmax_audit::truths(*oracle, below)[0] == Truth{65504, 0.5, 5, false});
  }
}

TEST_CASE("truth / relatives at ordinary arguments") {
  // 50 digits by mpmath: log(1 + e^-50), -log(1 + e), 1 / (1 + e^-1)
  REQUIRE(of(log_sum_exp, Format::f64, {0, -50})[0].nearest == 0x1.d257d547e083fp-73);
  REQUIRE(of(log_softmax, Format::f64, {0, 1})[0].nearest == -0x1.5031eafefb049p+0);
  REQUIRE(of(sigmoid, Format::f64, {1})[0].nearest == 0x1.764d4f5d5a2bdp-1);
}

TEST_CASE("truth / decimals keep their digits far below any format") {
  for (const Oracle* oracle : all_oracles()) {
    const std::vector<double> x{0, -1000, -1e9};
    const auto digits = oracle->decimals(Problem{Operation::softmax, Format::f64, 1, 3, x, 1}, 12);
    REQUIRE(digits[0] == "1.00000000000");
    REQUIRE(digits[1].substr(0, 12) == "5.0759588975"); // e^-1000 = 5.07595889754...e-435
    REQUIRE(digits[1].substr(digits[1].find('e')) == "e-435");
    REQUIRE(digits[2].substr(digits[2].find('e')) == "e-434294482");
    const auto logarithms = oracle->decimals(Problem{log_softmax, Format::f64, 1, 2, std::span(x).first(2), 1}, 12);
    REQUIRE(logarithms[0] == "-" + digits[1]);
    REQUIRE(logarithms[1] == "-1.00000000000e3");
    const std::vector<double> g{1, 1, 3};
    const auto gradient = oracle->decimals(Problem{softmax_backward, Format::f64, 1, 3, x, 1, g}, 5);
    REQUIRE(gradient[0].substr(0, 1) == "-");
    REQUIRE(oracle->decimals(Problem{softmax_backward, Format::f64, 1, 2, std::span(x).first(2), 1, std::span(g).first(2)},
                             5)[0] == "0");
  }
}

TEST_CASE("truth / decimals of gradients whose leading terms vanish") {
  const auto digits = [](const Oracle* oracle, std::vector<double> x, std::vector<double> g) {
    return oracle->decimals(Problem{softmax_backward, Format::f64, 1, x.size(), x, 1, g}, 12);
  };
  for (const Oracle* oracle : all_oracles()) {
    INFO(oracle->name);
    // -5 e^-1e9 / 3^2 for the element whose gradient is the mean of the largest, wherever it stands;
    // e^-1e9 = 1.24953427192e-434294482
    const std::string far = "-6.94185706623e-434294483";
    REQUIRE(digits(oracle, {0, 0, 0, -1e9}, {1, -1, 0, 5})[2] == far);
    REQUIRE(digits(oracle, {0, 0, 0, -1e9}, {0, -1, 1, 5})[0] == far);
    // e^-1000 times -2 e^-1e9 for the second; for the first the same without e^-1000.
    const auto behind = digits(oracle, {0, -1000, -1e9}, {1, 1, 3});
    REQUIRE(behind[0] == "-2.49906854384e-434294482");
    REQUIRE(behind[1] == "-1.26851692107e-434294916");
    // 1/4 less e^-2e9 / 16
    REQUIRE(digits(oracle, {0, 0, -1e9}, {1, 0, 0})[0] == "2.50000000000e-1");
  }
}
