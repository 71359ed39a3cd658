// Every expectation is derived beside it or is mpmath's, at 400 to 30000 bits; none was read off the oracle itself.
#include "oracles/registry.hpp"
#include "oracles/special_values.hpp"
#include "oracles/ulp.hpp"
#include "scripts/catch.hpp"

#include <cstdio>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace softmax_audit;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct Question {
  Operation operation;
  Format format;
  std::vector<double> x;
  std::vector<double> dy = {};
  std::vector<std::int64_t> target = {};
  double scale = 1;
  int resolution = default_resolution;

  Problem problem() const { return {operation, format, 1, x.size(), x, scale, dy, target}; }
};

const Oracle& arb() { return oracle_named("arb"); }
std::vector<Truth> ask(const Question& question) { return truths(arb(), question.problem(), question.resolution); }
std::vector<std::string> digits_of(const Question& question, int digits) { return arb().decimals(question.problem(), digits); }

std::string text_of(const std::vector<Truth>& all) {
  std::string text;
  for (const Truth& t : all) {
    char line[128];
    std::snprintf(line, sizeof line, "{%a, %a ulp, 2^%d%s} ", t.nearest, t.tail, t.ulp_exponent, t.exact ? ", exact" : "");
    text += line;
  }
  return text;
}
void check(const Question& question, const std::vector<Truth>& want) { CHECK(text_of(ask(question)) == text_of(want)); }

const Truth nothing_f32{0, 0, -149, false}; // a positive or negative number far below the smallest subnormal

} // namespace

TEST_CASE("arb / ordinary rows of all operations are as mpmath has them") {
  check({Operation::softmax, Format::f64, {1, 2, 3}, {}, {}, 1, 24},
        {{0x1.70c3e5f682bdap-4, -0x1.42599c0000000p-2, -56, false},
         {0x1.f534335ca4bcfp-3, 0x1.902d100000000p-2, -55, false},
         {0x1.549a766a06791p-1, -0x1.de00800000000p-5, -53, false}});
  check({Operation::log_softmax, Format::f32, {0.5, -1.25, 3}, {}, {}, -0.75},
        {{-0x1.953592p+0, -0x1p-5, -23, false}, {-0x1.14d648p-2, -0x1p-3, -25, false}, {-0x1.ba9acap+1, 0x1.fp-2, -22, false}});
  check({Operation::log_sum_exp, Format::f16, {1, 2, 3}}, {{0x1.b44p+1, -0x1.38p-2, -9, false}});
  check({Operation::cross_entropy, Format::bf16, {1, 2, 3}, {}, {0}}, {{0x1.34p+1, 0x1.6p-4, -6, false}});
  check({Operation::softmax_backward, Format::f64, {1, 2, 3}, {1, -1, 0.5}}, {{0x1.2f27502a58349p-4, 0x1.b4p-2, -56, false},
                                                                              {-0x1.273090388195ep-2, 0x1.38p-2, -54, false},
                                                                              {0x1.b6cd785bd7117p-3, -0x1.4cp-2, -55, false}});
  check({Operation::softmax_backward_from_output, Format::f16, {0.25, 0.5, 0x1.554p-2}, {1, -3, 0x1.998p-4}},
        {{0x1.1bcp-1, -0x1.ep-5, -11, false}, {-0x1.c88p-1, -0x1.ep-4, -11, false}, {0x1.c14p-2, 0x1.e8p-3, -12, false}});
  check({Operation::sigmoid, Format::f64, {-740, 0.3}},
        {{85 * 0x1p-1074, -0x1.cp-3, -1074, false}, {0x1.261d545e46a8bp-1, -0x1.b4p-2, -53, false}});
}

TEST_CASE("arb / equal logits share evenly") {
  // 2^25 / 3 = 11184810 + 2/3, so nearest is one more and the tail -1/3, which is -85.33 / 256.
  const Truth third{0x1.555556p-2, -85.0 / 256, -25, false};
  check({Operation::softmax, Format::f32, {7, 7, 7}}, {third, third, third});
  // Masked elements share nothing; a scale of zero makes all equal, and so do both zeros.
  check({Operation::softmax, Format::f32, {-1, -infinity, -1, -1}}, {third, zero_truth(Format::f32), third, third});
  check({Operation::softmax, Format::f32, {1, 2, 5e30}, {}, {}, 0}, {third, third, third});
  const Truth half{0.5, 0, -24, true};
  check({Operation::softmax, Format::f32, {0.0, -0.0}}, {half, half});
  check({Operation::softmax, Format::f16, {3}}, {{1, 0, -10, true}});
}

TEST_CASE("arb / a single logit is its own log-sum-exp, and its log-probability is zero") {
  // (2^23 + 1) * 3 = 25165827, where the ulp is 2: half way between 2 * 12582913 and 2 * 12582914, of which the latter is even.
  check({Operation::log_sum_exp, Format::f32, {8388609}, {}, {}, 3}, {{25165828, -0.5, 1, false}});
  check({Operation::log_sum_exp, Format::f32, {-8388609}, {}, {}, 3}, {{-25165828, 0.5, 1, false}});
  check({Operation::log_sum_exp, Format::f32, {-infinity, 1.5, -infinity}, {}, {}, 2}, {{3, 0, -22, true}});
  // 65519 rounds to 65504, 65520 = (2 - 2^-11) 2^15 is the first that overflows: 16380 * 4 and 16379.75 * 4.
  check({Operation::log_sum_exp, Format::f16, {16380}, {}, {}, 4}, {{infinity, 0, 5, false}});
  check({Operation::log_sum_exp, Format::f16, {16379.75}, {}, {}, 4}, {{65504, 15.0 / 32, 5, false}});
  check({Operation::log_softmax, Format::f32, {1e30, -infinity}}, {zero_truth(Format::f32), {-infinity, 0, 104, true}});
  check({Operation::cross_entropy, Format::f32, {1e30, -infinity}, {}, {0}}, {zero_truth(Format::f32)});
  check({Operation::cross_entropy, Format::f32, {1e30, -infinity}, {}, {1}}, {{infinity, 0, 104, true}});
}

TEST_CASE("arb / next to a tie the sign of what is far below decides") {
  // d = -16777217 is half way between its neighbours 2 apart, and the truth is e^-16777217 below it.
  check({Operation::log_softmax, Format::f32, {1, -0x1p24}}, {nothing_f32, {-16777218, 0.5, 1, false}});
  check({Operation::cross_entropy, Format::f32, {1, -0x1p24}, {}, {1}}, {{16777218, -0.5, 1, false}});
  // 3 (2^23 + 3) = 25165833 is half way between 2 * 12582916 and 2 * 12582917; a tie would go to the even one, and log1p(R)
  // pushes it to the other. Below zero it pushes towards zero.
  check({Operation::log_sum_exp, Format::f32, {8388611, -8388611}, {}, {}, 3}, {{25165834, -0.5, 1, false}});
  check({Operation::log_sum_exp, Format::f32, {-8388609, -1e30}, {}, {}, 3}, {{-25165826, -0.5, 1, false}});
  // A tie of the tail alone, of which the nearest is the last of its binade: d = -256 + 85.5 / 256.
  check({Operation::log_softmax, Format::bf16, {256, 0.333984375}}, {{0, 0, -133, false}, {-256, 85.0 / 256, 0, false}});
  // 1/2 + t/4 - t^3/48 for t = 2^-23: half an ulp less 2^-50.6 ulp.
  check({Operation::sigmoid, Format::f32, {0x1p-23}}, {{0.5, 0.5, -24, false}});
}

TEST_CASE("arb / a power of two that is missed by e^-1000 or e^-2^100 belongs to the binade below or above") {
  for (const double far : {-1000.0, -0x1p100}) {
    const auto with = [far](Operation operation, Format format, std::vector<double> x, std::vector<double> dy = {}) {
      x.push_back(far);
      return Question{operation, format, std::move(x), std::move(dy)};
    };
    check(with(Operation::softmax, Format::f32, {0}), {{1, 0, -24, false}, nothing_f32});
    check(with(Operation::softmax, Format::bf16, {0}), {{1, 0, -8, false}, {0, 0, -133, false}});
    check(with(Operation::softmax, Format::f32, {0, 0}), {{0.5, 0, -25, false}, {0.5, 0, -25, false}, nothing_f32});
    check(with(Operation::log_softmax, Format::f32, {0}), {nothing_f32, {far, 0, ulp_exponent(Format::f32, far), false}});
    check(with(Operation::log_sum_exp, Format::f32, {0}), {nothing_f32});
    check(with(Operation::log_sum_exp, Format::f32, {1}), {{1, 0, -23, false}});
    check(with(Operation::log_sum_exp, Format::f32, {-1}), {{-1, 0, -24, false}});

    // Two maximal elements: Q = C / 4 = (2 g_0 - g_0 - g_1) / 4 = 1/2 for element 0 and -1/2 for element 1. The first-order
    // coefficient of element 0 is 4 (g_0 - g_2) - 4 C = -4 - 4 g_2, of element 1 it is 4 (-1 - g_2) + 8 = 4 - 4 g_2.
    // g_2 = -1: for element 0 it vanishes and -C R^2 decides: towards zero. Element 1: 8, towards zero.
    check(with(Operation::softmax_backward, Format::f32, {0, 0}, {1, -1, -1}),
          {{0.5, 0, -25, false}, {-0.5, 0, -25, false}, nothing_f32});
    // g_2 = -5: 16, away from zero, and 24, towards it. g_2 = 5: -24, towards zero, and -16, away from it.
    check(with(Operation::softmax_backward, Format::f32, {0, 0}, {1, -1, -5}),
          {{0.5, 0, -24, false}, {-0.5, 0, -25, false}, nothing_f32});
    check(with(Operation::softmax_backward, Format::f32, {0, 0}, {1, -1, 5}),
          {{0.5, 0, -25, false}, {-0.5, 0, -24, false}, nothing_f32});
  }
  check({Operation::sigmoid, Format::f32, {1000, -1000, 0x1p-149, -0x1p-149, 0}},
        {{1, 0, -24, false}, nothing_f32, {0.5, 0, -24, false}, {0.5, 0, -25, false}, {0.5, 0, -24, true}});
}

TEST_CASE("arb / a gradient's orders cancel one after the other") {
  // x = (0, 0, -a, -2a), g = (1, -1, -1, g_3), element 0: C = 2, the coefficient at -a is 4 * 2 - 8 = 0, and at -2a the second
  // order -C joins: 4 (1 - g_3) - 8 - 2 = -6 - 4 g_3. For g_3 = -1.5 that vanishes too, and at -3a it is -2 C = -4.
  for (const double a : {300.0, 0x1p40})
    for (const auto& [g3, ulp_exponent] : {std::pair{-1.5, -25}, std::pair{-1.25, -25}, std::pair{-1.75, -24}}) {
      const Truth first = ask({Operation::softmax_backward, Format::f32, {0, 0, -a, -2 * a}, {1, -1, -1, g3}})[0];
      CHECK(first == Truth{0.5, 0, ulp_exponent, false});
    }
  // With a fifth element at -3a its coefficient there is 4 (1 - g_4) - 8 - 4 = -8 - 4 g_4.
  for (const double a : {300.0, 0x1p40})
    for (const auto& [g4, ulp_exponent] : {std::pair{-1.75, -25}, std::pair{-2.25, -24}}) {
      const Truth first = ask({Operation::softmax_backward, Format::f32, {0, 0, -a, -2 * a, -3 * a}, {1, -1, -1, -1.5, g4}})[0];
      CHECK(first == Truth{0.5, 0, ulp_exponent, false});
    }
}

TEST_CASE("arb / a gradient is exactly zero where it vanishes within every group of equal logits, and only there") {
  const Truth zero = zero_truth(Format::f32);
  check({Operation::softmax_backward, Format::f32, {1, 2, -3}, {5, 5, 5}}, {zero, zero, zero});
  // Both groups have the mean 2.
  check({Operation::softmax_backward, Format::f32, {0, 0, 5, 5}, {1, 3, 2, 2}},
        {{-0x1.b69f68p-9, 0x1.5p-4, -32, false}, {0x1.b69f68p-9, -0x1.5p-4, -32, false}, zero, zero});
  // The group of the largest vanishes for element 2, the other does not: -5 e^-800 / 9.
  const Truth third_of = ask({Operation::softmax_backward, Format::f32, {0, 0, 0, -800}, {1, -1, 0, 5}})[2];
  CHECK(third_of == nothing_f32);
  // All equal: (3 g_i - 7) / 9 = -4/9, -1/9, 5/9. 2^25 4/9 = 2^27 / 9 = 14913081 - 1/9 and 2^24 5/9 = 9320676 - 4/9.
  check({Operation::softmax_backward, Format::f32, {7, 7, 7}, {1, 2, 4}}, {{-0x1.c71c72p-2, 28.0 / 256, -25, false},
                                                                           {-0x1.c71c72p-4, 28.0 / 256, -27, false},
                                                                           {0x1.1c71c8p-1, -114.0 / 256, -24, false}});
  check(
      {Operation::softmax_backward, Format::bf16, {1, 1, 1, 1, -infinity}, {1, 0, 0, 0, 9}},
      {{0.1875, 0, -10, true}, {-0.0625, 0, -11, true}, {-0.0625, 0, -11, true}, {-0.0625, 0, -11, true}, {0, 0, -133, true}});
}

TEST_CASE("arb / the gradient from the output is exact arithmetic, ties and all") {
  check({Operation::softmax_backward_from_output, Format::f32, {0.5, 0.5}, {1, 0}},
        {{0.25, 0, -25, true}, {-0.25, 0, -25, true}});
  // y = (1, 1/2): results -g_1 / 2 and g_1 / 4 - g_0 / 2. 1 + 256 and 3 + 256 lie between multiples of 2; even: 128 and 130.
  check({Operation::softmax_backward_from_output, Format::bf16, {1, 0.5}, {-512, 4}},
        {{-2, 0, -6, true}, {256, 0.5, 1, false}});
  check({Operation::softmax_backward_from_output, Format::bf16, {1, 0.5}, {-512, 12}},
        {{-6, 0, -5, true}, {260, -0.5, 1, false}});
  // Sum 2^2000: 2^1000 (2^1000 - 2^2000) overflows, 2^-1074 (0 - 2^2000) = -2^926 is exact.
  check({Operation::softmax_backward_from_output, Format::f64, {0x1p1000, 0x1p-1074}, {0x1p1000, 0}},
        {{-infinity, 0, 971, false}, {-0x1p926, 0, 874, true}});
  // 1 - (1 + 2^-1074) leaves 2^-1074; 2^-1074 times about 1 is far below.
  check({Operation::softmax_backward_from_output, Format::f64, {1, 0x1p-1074, 0x1p-600}, {1, 1, 0}},
        {{-0x1p-1074, 0, -1074, true}, {0, 0, -1074, false}, {-0x1p-600, 0, -652, false}});
}

TEST_CASE("arb / numbers beyond every exponent") {
  // t = +-1e616; the share of the smaller is e^-2e616.
  const std::vector<double> x{1e308, -1e308};
  check({Operation::softmax, Format::f64, x, {}, {}, 1e308}, {{1, 0, -53, false}, {0, 0, -1074, false}});
  check({Operation::log_softmax, Format::f64, x, {}, {}, 1e308}, {{0, 0, -1074, false}, {-infinity, 0, 971, false}});
  check({Operation::log_sum_exp, Format::f64, x, {}, {}, 1e308}, {{infinity, 0, 971, false}});
  check({Operation::softmax_backward, Format::f64, x, {3, -1e308}, {}, -1e308}, {{0, 0, -1074, false}, {0, 0, -1074, false}});
  // d = -2^-2148, the smallest that there is: 1/2 +- 2^-2150.
  check({Operation::softmax, Format::f64, {0, -0x1p-1074}, {}, {}, 0x1p-1074}, {{0.5, 0, -53, false}, {0.5, 0, -54, false}});
  // log 2 cancels against -m to 2^-55 or so.
  const double minus_log_2 = -0x1.62e42fefa39efp-1;
  check({Operation::log_sum_exp, Format::f64, {minus_log_2, minus_log_2}}, {{0x1.abc9e3b39803fp-56, 0x1.78p-3, -108, false}});
}

TEST_CASE("arb / special values are those of the definition") {
  const Truth undefined = undefined_truth(Format::f32), zero = zero_truth(Format::f32);
  check({Operation::softmax, Format::f32, {1, not_a_number}}, {undefined, undefined});
  check({Operation::softmax, Format::f32, {1, infinity}}, {undefined, undefined});
  check({Operation::softmax, Format::f32, {-infinity}}, {undefined});
  check({Operation::softmax, Format::f32, {1, infinity}, {}, {}, -1}, {{1, 0, -23, true}, zero});
  check({Operation::softmax, Format::f32, {1, infinity}, {}, {}, 0}, {undefined, undefined});
  check({Operation::softmax_backward, Format::f32, {1, -infinity}, {2, not_a_number}}, {undefined, undefined});
  check({Operation::softmax_backward_from_output, Format::f32, {1, -infinity}, {2, 1}}, {undefined, undefined});
  check({Operation::log_sum_exp, Format::f32, {1, infinity}}, {{infinity, 0, 104, true}});
  check({Operation::log_sum_exp, Format::f32, {not_a_number, infinity}}, {undefined});
  check({Operation::log_sum_exp, Format::f32, {-infinity, -infinity}}, {{-infinity, 0, 104, true}});
  check({Operation::log_sum_exp, Format::f32, {}}, {{-infinity, 0, 104, true}});
  check({Operation::softmax, Format::f32, {}}, {});
  check({Operation::sigmoid, Format::f32, {not_a_number, infinity, -infinity}}, {undefined, {1, 0, -23, true}, zero});
  CHECK_THROWS_AS(ask({Operation::cross_entropy, Format::f32, {1, 2}, {}, {2}}), std::invalid_argument);
}

TEST_CASE("arb / rows of a problem are rows of their own") {
  const std::vector<double> x{0, 0, not_a_number, 1, 2, 2};
  const std::vector<std::int64_t> target{1, 0, 0};
  const Problem problem{Operation::softmax, Format::f32, 3, 2, x};
  const Truth half{0.5, 0, -24, true}, undefined = undefined_truth(Format::f32);
  CHECK(text_of(truths(arb(), problem)) == text_of({half, half, undefined, undefined, half, half}));
  Problem losses = problem;
  losses.operation = Operation::cross_entropy;
  losses.target = target;
  // log 2 = 0x1.62e42fefa39ef...p-1 is 0x1.62e430p-1 less (1 - 0xef.a39ef/256) / 2 = 0.03195 ulp, that is 8.18 / 256.
  const Truth log_2{0x1.62e43p-1, -8.0 / 256, -24, false};
  CHECK(text_of(truths(arb(), losses)) == text_of({log_2, undefined, log_2}));
}

TEST_CASE("arb / enclosures contain what they enclose, however small") {
  const auto enclose = [](const Question& question) { return enclosures(arb(), question.problem()); };
  // 1/3, as a double-double.
  const Enclosure third = enclose({Operation::softmax, Format::f32, {7, 7, 7}})[0];
  CHECK(std::ldexp(third.high, static_cast<int>(third.exponent)) == 1.0 / 3);
  CHECK(std::ldexp(third.low, static_cast<int>(third.exponent)) == 0x1.5555555555555p-56);
  CHECK(third.radius < 0x1p-100);
  CHECK(third.radius > 0);
  // e^-(2^21) = 2^-3025550.79
  const Enclosure far = enclose({Operation::softmax, Format::f32, {0, -0x1p21}})[1];
  CHECK(far.high == 0);
  CHECK(far.low == 0);
  CHECK(far.exponent < -1400000);
  CHECK(far.radius > 0);
  // e^-1000 = 2^-1442.695...
  const Enclosure near = enclose({Operation::softmax, Format::f32, {0, -1000}})[1];
  CHECK(near.exponent == -1442);
  CHECK(near.radius < 0x1p-100);
  const Enclosure masked = enclose({Operation::log_softmax, Format::f32, {0, -infinity}})[1];
  CHECK(masked.high == -infinity);
  CHECK(masked.radius == 0);
  const Enclosure eighth = enclose({Operation::softmax_backward_from_output, Format::f32, {0.5, 0.25}, {0.5, 0}})[1];
  CHECK(std::ldexp(eighth.high, static_cast<int>(eighth.exponent)) == -0.0625);
  CHECK(eighth.radius == 0);
}

TEST_CASE("arb / decimals have as many digits as were asked for") {
  CHECK(digits_of({Operation::softmax, Format::f32, {0, -1}}, 31) ==
        std::vector<std::string>{"7.310585786300048792511592418218e-1", "2.689414213699951207488407581782e-1"});
  CHECK(digits_of({Operation::softmax, Format::f32, {0, 0}}, 5) == std::vector<std::string>{"5.0000e-1", "5.0000e-1"});
  CHECK(digits_of({Operation::softmax, Format::f32, {0, -infinity}}, 3) == std::vector<std::string>{"1.00", "0"});
  CHECK(digits_of({Operation::log_sum_exp, Format::f32, {1000}}, 1) == std::vector<std::string>{"1e3"});
  CHECK(digits_of({Operation::log_softmax, Format::f32, {0, -infinity}}, 3) == std::vector<std::string>{"0", "-inf"});
  CHECK(digits_of({Operation::softmax, Format::f32, {not_a_number}}, 3) == std::vector<std::string>{"nan"});
  CHECK(digits_of({Operation::softmax_backward_from_output, Format::f32, {0.5, 0.25}, {0.5, 0}}, 4) ==
        std::vector<std::string>{"1.250e-1", "-6.250e-2"});
  // 1 - e^-1000 rounds upwards into the next decade.
  CHECK(digits_of({Operation::softmax, Format::f32, {0, -1000}}, 11)[0] == "1.0000000000");
  CHECK(digits_of({Operation::log_sum_exp, Format::f32, {0, -1000}}, 21)[0] == "5.07595889754945676529e-435");
  CHECK(digits_of({Operation::softmax_backward, Format::f32, {0, -1}, {1, -1}}, 25) ==
        std::vector<std::string>{"3.932238664829637050748495e-1", "-3.932238664829637050748495e-1"});
  CHECK(digits_of({Operation::softmax_backward, Format::f32, {0, -1000}, {1, -1}}, 21) ==
        std::vector<std::string>{"1.01519177950989135306e-434", "-1.01519177950989135306e-434"});
}

TEST_CASE("arb / decimals reach numbers that have no exponent") {
  const std::string e_to_minus_1e30 = "5.68764519499596089675e-434294481903251836286911761062";
  CHECK(digits_of({Operation::softmax, Format::f64, {0, -1e30}}, 21)[1] == e_to_minus_1e30);
  CHECK(digits_of({Operation::sigmoid, Format::f64, {-1e30}}, 21)[0] == e_to_minus_1e30);
  CHECK(digits_of({Operation::log_sum_exp, Format::f64, {0, -1e30}}, 21)[0] == e_to_minus_1e30);
  CHECK(digits_of({Operation::cross_entropy, Format::f64, {0, -1e30}, {}, {0}}, 21)[0] == e_to_minus_1e30);
  CHECK(digits_of({Operation::log_softmax, Format::f64, {0, -1e30}}, 21)[0] == "-" + e_to_minus_1e30);
  CHECK(digits_of({Operation::softmax_backward, Format::f64, {0, -0x1p30}, {1, -1}}, 21) ==
        std::vector<std::string>{"1.40960485445120531506e-466320149", "-1.40960485445120531506e-466320149"});
  const std::string smallest = digits_of({Operation::softmax, Format::f64, {0, -1e300}}, 13)[1];
  CHECK(smallest.substr(0, 14) == "4.002239494130");
  CHECK(smallest.substr(14, 12) == "e-4342944819");
  CHECK(smallest.size() == 14 + 1 + 301);
  CHECK(smallest.substr(smallest.size() - 12) == "500237163276");
}

TEST_CASE("arb / threads ask at the same time and get the same answers") {
  std::vector<double> x(50);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(i % 7) - 0.125 * static_cast<double>(i % 3);
  const Question question{Operation::softmax, Format::f64, x};
  const std::string want = text_of(ask(question));
  std::vector<std::string> got(4);
  std::vector<std::thread> threads;
  for (std::string& text : got) threads.emplace_back([&text, &question] { text = text_of(ask(question)); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& text : got) CHECK(text == want);
  CHECK(arb().version().starts_with("FLINT "));
}
