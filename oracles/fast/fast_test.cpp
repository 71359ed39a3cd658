// Tries to break `fast`: errors are searched for against Arb, where every number below comes from; rows that no fixed precision
// decides have to reach the reference; rows built to be awkward have to get the reference's answers.
#include "oracles/fast/fast.hpp"
#include "oracles/registry.hpp"
#include "oracles/special_values.hpp"
#include "oracles/ulp.hpp"
#include "properties/inputs/random.hpp"
#include "properties/inputs/values.hpp"
#include "scripts/catch.hpp"
#include "scripts/tests/oracle_problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// FLINT 3 contains Arb; Debian 12 has it as a library of its own.
#if __has_include(<flint/arb.h>)
#include <flint/arb.h>
#else
#include <arb.h>
#endif

namespace softmax_audit::fast_test {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

using fast::RowsDecided;
using fast::Stage;

constexpr Operation softmax = Operation::softmax, log_softmax = Operation::log_softmax, log_sum_exp = Operation::log_sum_exp,
                    softmax_backward = Operation::softmax_backward, from_output = Operation::softmax_backward_from_output,
                    cross_entropy = Operation::cross_entropy, sigmoid = Operation::sigmoid;
constexpr std::array operations{softmax, log_softmax, log_sum_exp, softmax_backward, from_output, cross_entropy, sigmoid};

const Oracle& mpfr() { return oracle_named("mpfr"); }

OracleProblem row(Operation operation, Format format, std::vector<double> x, std::vector<double> dy = {}, double scale = 1) {
  OracleProblem made{operation, format, default_resolution, scale, std::move(x), std::move(dy), {}};
  if (operation == cross_entropy) made.target = {static_cast<std::int64_t>(made.x.size()) - 1};
  return made;
}
OracleProblem random_row(Operation operation, Format format, std::size_t cols, double spread, Random& random) {
  OracleProblem made = row(operation, format, std::vector<double>(cols));
  for (double& x : made.x) x = finite_in(format, operation == from_output ? random.unit() : spread * random.normal());
  if (takes_upstream_gradient(operation)) {
    made.dy.resize(cols);
    for (double& g : made.dy) g = finite_in(format, random.normal());
  }
  if (operation == cross_entropy) made.target = {static_cast<std::int64_t>(random.below(cols))};
  return made;
}

// ---- Answers ---------------------------------------------------------------------------------------------------------------

bool same(const Truth& a, const Truth& b) {
  const auto same_double = [](double v, double w) {
    return (v == w && std::signbit(v) == std::signbit(w)) || (std::isnan(v) && std::isnan(w));
  };
  return same_double(a.nearest, b.nearest) && same_double(a.tail, b.tail) && a.ulp_exponent == b.ulp_exponent &&
         a.exact == b.exact;
}
std::string text_of(const Truth& t) {
  return fmt::format("({}, tail {}, ulp 2^{}{})", hexfloat(t.nearest), hexfloat(t.tail), t.ulp_exponent,
                     t.exact ? ", exact" : "");
}

struct Answer {
  std::vector<Truth> truths;
  RowsDecided decided;
};
Answer ask(const Problem& problem, int resolution, std::string_view set) {
  Answer answer{std::vector<Truth>(result_count(problem)), {}};
  fast::truths(problem, resolution, answer.truths, set, answer.decided);
  return answer;
}

// Where they differ, "" where nowhere.
std::string difference(const std::vector<Truth>& got, const std::vector<Truth>& want) {
  for (std::size_t i = 0; i < want.size(); ++i)
    if (!same(got[i], want[i])) return fmt::format("result {}: {}, not {}", i, text_of(got[i]), text_of(want[i]));
  return {};
}
// "" where every instruction set says what the reference says, and how the rows were decided (by the last).
std::string difference_from_mpfr(const OracleProblem& asked, RowsDecided* decided = nullptr) {
  std::vector<Truth> want;
  try {
    want = truths(mpfr(), asked.problem(), asked.resolution);
  } catch (const Undecided&) { // mpfr's own limit
    return {};
  }
  for (const std::string_view set : fast::instruction_sets()) {
    const Answer answer = ask(asked.problem(), asked.resolution, set);
    if (decided) *decided = answer.decided;
    if (const std::string text = difference(answer.truths, want); !text.empty())
      return fmt::format("{} of {}: {}", set, text_of(asked), text);
  }
  return {};
}

enum class By { double_lanes, double_double_lanes, reference };
// Right, and decided where expected.
void check_decided(By by, const OracleProblem& asked) {
  INFO(text_of(asked));
  const std::vector<Truth> want = truths(mpfr(), asked.problem(), asked.resolution);
  for (const std::string_view set : fast::instruction_sets()) {
    INFO(set);
    const Answer answer = ask(asked.problem(), asked.resolution, set);
    CHECK(difference(answer.truths, want) == "");
    const std::uint64_t all = asked.operation == sigmoid ? asked.x.size() : 1;
    CHECK(answer.decided.in_double_lanes == (by == By::double_lanes ? all : 0));
    CHECK(answer.decided.in_double_double_lanes == (by == By::double_double_lanes ? all : 0));
    CHECK(answer.decided.by_reference == (by == By::reference ? all : 0));
  }
}
// In which lanes a family is decided is no part of the statement: that no reference is needed is.
void check_decided_in_lanes(const OracleProblem& asked) {
  INFO(text_of(asked));
  RowsDecided decided;
  CHECK(difference_from_mpfr(asked, &decided) == "");
  CHECK(decided.by_reference == 0);
}

// ---- The exact values, by Arb ----------------------------------------------------------------------------------------------

class Ball {
public:
  Ball() { arb_init(value_); }
  ~Ball() { arb_clear(value_); }
  Ball(const Ball&) = delete;
  Ball& operator=(const Ball&) = delete;
  operator arb_ptr() { return value_; }
  operator arb_srcptr() const { return value_; }

private:
  arb_t value_;
};
class Balls {
public:
  explicit Balls(std::size_t size) : size_(size), balls_(_arb_vec_init(static_cast<slong>(size))) {}
  ~Balls() { _arb_vec_clear(balls_, static_cast<slong>(size_)); }
  Balls(const Balls&) = delete;
  Balls& operator=(const Balls&) = delete;
  arb_ptr operator[](std::size_t i) const { return balls_ + i; }
  std::size_t size() const { return size_; }

private:
  std::size_t size_;
  arb_ptr balls_;
};

constexpr slong exactly = ARF_PREC_EXACT;

// The row's results, by the definitions in problem.hpp and arithmetic that is exact but for exp, log1p and quotients. For rows
// without special values other than masks; results of masked elements are left at 0.
class Exact {
public:
  Exact(const OracleProblem& asked, slong bits) : results(result_count(asked.problem())) {
    switch (asked.operation) {
      case from_output: of_output(asked); return;
      case sigmoid:
        for (std::size_t i = 0; i < asked.x.size(); ++i) {
          const Shares of_pair({asked.x[i], 0}, asked.scale, bits);
          arb_div(results[i], of_pair.exponentials[0], of_pair.sum, bits);
        }
        return;
      default: break;
    }
    const Shares shares(asked.x, asked.scale, bits);
    Ball logarithm, origin, mean, part;
    arb_log1p(logarithm, shares.others, bits);
    ratio = arf_get_d(arb_midref(static_cast<arb_srcptr>(shares.others)), ARF_RND_NEAR);
    // Beside d by less than any double, or by more than 2^-1100.
    bits += ratio > 0 ? std::max(0, -std::ilogb(ratio)) : 1100;
    if (asked.operation == softmax_backward) {
      // Less the largest element's, so that what is left of its own is accurate, too.
      arb_set_d(origin, asked.dy[shares.argmax]);
      for (std::size_t j = 0; j < asked.x.size(); ++j) {
        arb_set_d(part, asked.dy[j]);
        arb_sub(part, part, origin, exactly);
        arb_addmul(mean, shares.exponentials[j], part, bits);
      }
      arb_div(mean, mean, shares.sum, bits);
    }
    for (std::size_t k = 0; k < results.size(); ++k) {
      const std::size_t i = asked.operation == cross_entropy ? static_cast<std::size_t>(asked.target[0]) : k;
      if (asked.operation != log_sum_exp && !std::isfinite(asked.x[i])) continue;
      switch (asked.operation) {
        case softmax: arb_div(results[k], shares.exponentials[i], shares.sum, bits); break;
        case log_softmax: arb_sub(results[k], shares.distances[i], logarithm, bits); break;
        case cross_entropy: arb_sub(results[k], logarithm, shares.distances[i], bits); break;
        case log_sum_exp: arb_add(results[k], shares.largest, logarithm, bits); break;
        default:
          arb_set_d(part, asked.dy[i]);
          arb_sub(part, part, origin, exactly);
          arb_sub(part, part, mean, bits);
          arb_mul(part, part, shares.exponentials[i], bits);
          arb_div(results[k], part, shares.sum, bits);
          break;
      }
    }
  }

  Balls results;
  double ratio = 1; // of the exponentials of all but the largest to that one; 1 where it has no meaning

private:
  struct Shares {
    Shares(const std::vector<double>& x, double scale, slong bits) : distances(x.size()), exponentials(x.size()) {
      Ball factor;
      arb_set_d(factor, scale);
      argmax = x.size();
      for (std::size_t j = 0; j < x.size(); ++j) {
        if (!std::isfinite(x[j])) continue;
        arb_set_d(distances[j], x[j]);
        arb_mul(distances[j], distances[j], factor, exactly);
        if (argmax == x.size() || arf_cmp(arb_midref(distances[j]), arb_midref(distances[argmax])) > 0) argmax = j;
      }
      arb_set(largest, distances[argmax]);
      for (std::size_t j = 0; j < x.size(); ++j) {
        if (!std::isfinite(x[j])) continue;
        arb_sub(distances[j], distances[j], largest, exactly);
        if (arf_cmpabs_2exp_si(arb_midref(distances[j]), 20) < 0)
          arb_exp(exponentials[j], distances[j], bits);
        else // e^-2^20 < 2^-1512775
          mag_set_ui_2exp_si(arb_radref(exponentials[j]), 1, -1512775);
        if (j != argmax) arb_add(others, others, exponentials[j], bits);
      }
      arb_add_ui(sum, others, 1, bits);
    }
    Balls distances, exponentials; // t_i - m and its exponential; 0 for the masked
    Ball largest, others, sum;
    std::size_t argmax = 0;
  };

  void of_output(const OracleProblem& asked) {
    Ball sum, x, g;
    for (std::size_t j = 0; j < asked.x.size(); ++j) {
      arb_set_d(x, asked.x[j]);
      arb_set_d(g, asked.dy[j]);
      arb_addmul(sum, x, g, exactly);
    }
    for (std::size_t i = 0; i < asked.x.size(); ++i) {
      arb_set_d(x, asked.x[i]);
      arb_set_d(g, asked.dy[i]);
      arb_sub(g, g, sum, exactly);
      arb_mul(results[i], g, x, exactly);
    }
  }
};

// |middle - v| / radius, from above.
double ratio_of(const Enclosure& enclosure, arb_srcptr v) {
  constexpr slong bits = 1600;
  Ball error, part;
  arb_mul_2exp_si(error, v, -enclosure.exponent);
  for (const double middle : {enclosure.high, enclosure.low}) {
    arb_set_d(part, middle);
    arb_sub(error, error, part, bits);
  }
  if (enclosure.radius == 0) return arb_contains_zero(error) ? 0 : infinity;
  arb_set_d(part, enclosure.radius);
  arb_div(error, error, part, bits);
  arf_t bound;
  arf_init(bound);
  arb_get_abs_ubound_arf(bound, error, 53);
  const double ratio = arf_get_d(bound, ARF_RND_UP);
  arf_clear(bound);
  return ratio;
}

// ---- The search for large errors -------------------------------------------------------------------------------------------

struct Attained {
  double of_rounding = 0; // the largest ratio where the radius bounds rounding errors,
  double by_argument = 0; // and where it bounds what an argument says of the result: anything up to 1 is likely
  std::size_t results = 0;
};

// Radii that come from an argument are far wider than any that a stage's arithmetic has.
bool is_by_argument(Stage stage, Operation operation, const Enclosure& enclosure, double ratio_to_largest) {
  const bool of_doubles = stage == Stage::double_lanes;
  if (enclosure.high == 0 && enclosure.exponent == -500) return true; // far below all formats
  if (operation == softmax || operation == sigmoid)
    return enclosure.radius > std::fabs(enclosure.high) * (of_doubles ? 0x1p-45 : 0x1p-90);
  if (operation == log_softmax || operation == log_sum_exp || operation == cross_entropy)
    return ratio_to_largest < (of_doubles ? 0x1p-40 : 0x1p-60) && enclosure.radius >= ratio_to_largest;
  return false;
}

// Over all instruction sets. shrunk: the radii are divided by it, to see this fail.
Attained attained(Stage stage, const OracleProblem& asked, double shrunk = 1) {
  Attained found;
  const Exact exact(asked, stage == Stage::double_lanes ? 200 : 360);
  std::vector<Enclosure> enclosures(exact.results.size());
  for (const std::string_view set : fast::instruction_sets()) {
    fast::enclosures(asked.problem(), stage, enclosures, set);
    for (std::size_t k = 0; k < enclosures.size(); ++k) {
      Enclosure& enclosure = enclosures[k];
      if (std::isinf(enclosure.radius) || std::isinf(enclosure.high)) continue;
      ++found.results;
      const bool argued = is_by_argument(stage, asked.operation, enclosure, exact.ratio);
      enclosure.radius /= shrunk;
      double& largest = argued ? found.by_argument : found.of_rounding;
      largest = std::max(largest, ratio_of(enclosure, exact.results[k]));
    }
  }
  return found;
}

double mutated(Format format, double value, Random& random) {
  switch (random.below(5)) {
    case 0: return finite_in(format, value * (random.one_in(2) ? 2 : 0.5));
    case 1: return finite_in(format, value * (1 + std::ldexp(random.normal(), -static_cast<int>(random.below(30)))));
    case 2: return finite_in(format, value + random.normal());
    case 3: return finite_in(format, -value);
    default: {
      if (!std::isfinite(value)) return value;
      const std::int64_t step = random.between(-3, 3) * (std::int64_t{1} << random.below(traits(format).precision));
      const std::int64_t last = order_of(format, largest_finite(format));
      return value_of_order(format, std::clamp(order_of(format, value) + step, -last, last));
    }
  }
}

OracleProblem mutated(const OracleProblem& from, Random& random) {
  OracleProblem to = from;
  const std::size_t changes = 1 + random.below(3);
  for (std::size_t change = 0; change < changes; ++change) {
    const std::size_t i = random.below(to.x.size()), j = random.below(to.x.size());
    switch (random.below(10)) {
      case 0:
        if (to.operation != from_output)
          to.scale = random.one_in(3)
                         ? 1
                         : finite_in(to.format, std::ldexp(1 + random.unit(), static_cast<int>(random.between(-3, 2))));
        break;
      case 1: to.x[i] = to.x[j]; break;
      case 2:
        if (to.x.size() < 3) break;
        to.x.erase(to.x.begin() + static_cast<std::ptrdiff_t>(i));
        if (!to.dy.empty()) to.dy.erase(to.dy.begin() + static_cast<std::ptrdiff_t>(i));
        break;
      case 3:
        to.x.push_back(to.x[i]);
        if (!to.dy.empty()) to.dy.push_back(to.dy[j]);
        break;
      case 4:
      case 5:
        if (!to.dy.empty()) {
          to.dy[i] = mutated(to.format, to.dy[i], random);
          break;
        }
        [[fallthrough]];
      default: to.x[i] = mutated(to.format, to.x[i], random); break;
    }
  }
  if (!to.target.empty())
    to.target = {static_cast<std::int64_t>(random.one_in(4) ? random.below(to.x.size())
                                                            : std::min<std::size_t>(to.target[0], to.x.size() - 1))};
  return to;
}

// Rows of one stage, operation and format: random ones, of which the best is improved upon.
struct Hill {
  Attained most = {};
  OracleProblem witness = {};
  std::size_t rows = 0;
};
void climb(Hill& hill, Stage stage, Operation operation, Format format, std::size_t restarts, std::size_t steps,
           std::uint64_t seed) {
  Random random(seed);
  const auto try_row = [&](const OracleProblem& asked) {
    const Attained found = attained(stage, asked);
    ++hill.rows;
    hill.most.results += found.results;
    hill.most.by_argument = std::max(hill.most.by_argument, found.by_argument);
    if (found.of_rounding > hill.most.of_rounding || hill.witness.x.empty()) hill.witness = asked;
    hill.most.of_rounding = std::max(hill.most.of_rounding, found.of_rounding);
    if (!(std::max(found.of_rounding, found.by_argument) <= 1)) FAIL("beyond its radius: " << text_of(asked));
    return found.of_rounding;
  };
  for (std::size_t restart = 0; restart < restarts; ++restart) {
    const std::size_t cols = restart % 8 == 7 ? 2 + random.below(69) : 2 + random.below(7);
    OracleProblem best = random_row(operation, format, cols, std::ldexp(1.0, static_cast<int>(random.between(-3, 8))), random);
    double most = try_row(best);
    for (std::size_t step = 0; step < steps; ++step) {
      OracleProblem next = mutated(best, random);
      const double found = try_row(next);
      if (found < most) continue;
      most = found;
      best = std::move(next);
    }
  }
  try_row(random_row(operation, format, 1000, 5, random));
}

bool takes(Stage stage, Operation operation, Format format) {
  return stage == Stage::double_double_lanes || (format != Format::f64 && operation != from_output);
}
std::string_view name_of(Stage stage) { return stage == Stage::double_lanes ? "double" : "double-double"; }

void try_to_break(std::size_t restarts, std::size_t steps, bool tell) {
  if (fast::instruction_sets().empty()) return;
  std::string table = "stage          operation                     largest error / radius   by argument      rows   results\n";
  for (const Stage stage : {Stage::double_lanes, Stage::double_double_lanes})
    for (const Operation operation : operations) {
      Hill hill;
      for (const Format format : formats)
        if (takes(stage, operation, format))
          climb(hill, stage, operation, format, restarts, steps,
                1000 * static_cast<std::uint64_t>(operation) + static_cast<std::uint64_t>(format));
      if (hill.rows == 0) continue;
      table += fmt::format("{:<14} {:<32} {:>19.4f} {:>13.4f} {:>9} {:>9}\n", name_of(stage), name(operation),
                           hill.most.of_rounding, hill.most.by_argument, hill.rows, hill.most.results);
      INFO(table);
      REQUIRE(hill.most.results > hill.rows / 2);
      REQUIRE(hill.most.of_rounding <= 1);
      // A radius that is hardly used would mean that the search looks in the wrong place.
      REQUIRE(hill.most.of_rounding > 0.002);
      // The comparison sees what it is there to see.
      REQUIRE(attained(stage, hill.witness, stage == Stage::double_lanes ? 50 : 500).of_rounding > 1);
      if (tell) table += "  " + text_of(hill.witness).substr(0, 600) + "\n";
    }
  if (tell) WARN(table);
}

} // namespace

TEST_CASE("fast / tries to break the bound: no error that a search finds is larger than its radius") {
  try_to_break(40, 70, false);
}
TEST_CASE("long / fast tries to break the bound", "[.long]") { try_to_break(1000, 250, true); }

TEST_CASE("fast / the enclosure of what is far below all formats holds it, too") {
  if (fast::instruction_sets().empty()) return;
  // Computed 2^-500 less 1 %, true 4 % more than that: p = e^-311.4565 / 2, the mean is 0, and g loses 0.49 of its 10.49 2^-53
  // when the largest element's -1/2 is taken away.
  const OracleProblem asked = row(softmax_backward, Format::f32, {0, 0, round_to(Format::f32, -311.4565)},
                                  {-0.5, 0.5, round_to(Format::f32, 10.49 * 0x1p-53)});
  CHECK(attained(Stage::double_lanes, asked).by_argument <= 1);
}

// ---- What is declined, and what is not -------------------------------------------------------------------------------------

TEST_CASE("fast / what no lane can decide is left to the reference") {
  if (fast::instruction_sets().empty()) return;
  // 1/2 + d/4 - d^3/48: half an ulp less 2^-50.6 ulp, that is 2^-74.6, within the first radius (2^-51) and outside the second.
  check_decided(By::double_double_lanes, row(softmax, Format::f32, {0x1p-23, 0}));
  check_decided(By::double_double_lanes, row(sigmoid, Format::f32, {0x1p-23}));
  // The same in binary64: 2^-108.6 ulp, that is 2^-161.6.
  check_decided(By::reference, row(softmax, Format::f64, {0x1p-52, 0}));
  check_decided(By::reference, row(sigmoid, Format::f64, {0x1p-52}));
  // d/4 = 2^-62 is half a step of the tail: d^3/48 decides.
  check_decided(By::reference, row(sigmoid, Format::f64, {0x1p-60}));
  // Which of two binades it is depends on the second order: the near logits add up to nothing.
  check_decided(By::reference, row(softmax, Format::f32, {-0x1p-110, 0x1p-110, 0, 0}));
  check_decided(By::reference, row(softmax, Format::f64, {0x1p-1074, -0x1p-1074, 0, 0}));
  // What is far below may outweigh what is near and positive.
  check_decided(By::reference, row(softmax, Format::f64, {0x1p-140, 0, -90}));
  // d just beside a multiple of half a step of the tail, by more than 0 and less than R: R = e^-31 = 2^-44.7 is beyond the
  // first stage, and what the second is for. R = e^-60 = 2^-86.6 is beyond the second.
  for (const Operation operation : {log_softmax, cross_entropy}) {
    check_decided(By::double_double_lanes, row(operation, Format::f32, {0x1p-70, -31}));
    check_decided(By::reference, row(operation, Format::f64, {0x1p-90, -60}));
  }
  // log(1 + e^-150) with e^-150 = 2^-216, below what the second stage keeps.
  check_decided(By::reference, row(log_softmax, Format::f64, {0, -150}));
  check_decided(By::reference, row(log_sum_exp, Format::f64, {0, -150}));
  // log 2 cancels against -m to 2^-55 or so, which leaves 45 of the 100 bits.
  check_decided(By::reference, row(log_sum_exp, Format::f64, {-0x1.62e42fefa39efp-1, -0x1.62e42fefa39efp-1}));
  // Gradients that are exactly 0, nearly 0, and next to a power of two.
  for (const Format format : formats) {
    check_decided(By::reference, row(softmax_backward, format, {0, 1, 0, 1}, {1, 2, 3, 2}));
    check_decided(By::reference, row(softmax_backward, format, {0, 0, -1000}, {1, -1, -1}));
  }
  // Beyond the operands that a stage takes.
  check_decided(By::reference, row(softmax, Format::f64, {1e305, 0}));
  check_decided(By::reference, row(log_softmax, Format::f64, {1, 0}, {}, 0x1p1001));
  check_decided(By::reference, row(softmax_backward, Format::f64, {1, 0}, {1e300, 0}));
  check_decided(By::reference, row(softmax_backward, Format::f64, {1, 0}, {1e-300, 0}));
  check_decided(By::reference, row(from_output, Format::f64, {0.5, 0.25}, {1e300, 0}));
  check_decided(By::reference, row(from_output, Format::f64, {0.5, 0.25}, {1e-300, 0}));
}

TEST_CASE("fast / what an argument decides needs no reference") {
  if (fast::instruction_sets().empty()) return;
  for (const Format format : {Format::f16, Format::bf16, Format::f32, Format::f64}) {
    const double far = finite_in(format, -1000);
    for (const std::size_t ties : {1u, 2u, 4u, 64u}) {
      std::vector<double> x(ties, 0.0);
      x.push_back(far);
      x.push_back(far);
      check_decided_in_lanes(row(softmax, format, x));
      if (format == Format::f64 && ties == 1) continue; // log(1 + e^-1000) is declined
      check_decided_in_lanes(row(log_softmax, format, x));
    }
    if (format != Format::f64) {
      check_decided_in_lanes(row(log_sum_exp, format, {0, far}));
      check_decided_in_lanes(row(cross_entropy, format, {far, 0}));
    }
    check_decided_in_lanes(row(log_sum_exp, format, {1, far}));
    check_decided_in_lanes(row(log_sum_exp, format, {-1, far}));
    check_decided_in_lanes(row(cross_entropy, format, {0, far}));
    check_decided_in_lanes(row(sigmoid, format, {100, -100, 1000, finite_in(format, -1e30), finite_in(format, 1e30), 0, -0.0}));
    const double small = format == Format::f64 ? 0x1p-70 : 0x1p-24;
    check_decided_in_lanes(row(sigmoid, format, {0x1p-14, -0x1p-14, smallest_subnormal(format)}, {}, small));
    check_decided_in_lanes(row(softmax_backward, format, {0, 1, 2, -infinity}, {3, 3, 3, 3}));
    check_decided_in_lanes(row(softmax, format, {3, 3, 3, -infinity}));
    check_decided_in_lanes(row(softmax, format, {1, 2, 3, far, far}));
    check_decided_in_lanes(row(softmax_backward, format, {1, 2, 3, far, far}, {0.5, -1, 2, 1, 0}));
  }
  // The sign of d decides between two binades, 2^-112 to 2^-1076 away.
  check_decided_in_lanes(row(softmax, Format::f32, {0x1p-110, 0}));
  check_decided_in_lanes(row(softmax, Format::f32, {0x1p-149, 0}));
  check_decided_in_lanes(row(softmax, Format::f64, {0x1p-1074, 0}));
  check_decided_in_lanes(row(softmax, Format::f64, {0, 0, 0x1p-1074, 0}));
  check_decided_in_lanes(row(softmax, Format::f64, {0x1p-100, 0, -700, -infinity}));
  check_decided_in_lanes(row(sigmoid, Format::f32, {0x1p-60, -0x1p-60}));
  check_decided_in_lanes(row(log_softmax, Format::f32, {1, -0x1p24}));
  check_decided_in_lanes(row(cross_entropy, Format::f32, {1, -0x1p24}));
  check_decided_in_lanes(row(log_softmax, Format::f32, {0x1p-28, -31})); // a tie of the tail, R = 2^-44.7 decides its side
  check_decided_in_lanes(row(softmax, Format::f64, {1e300, 0, -1e300}));
}

TEST_CASE("fast / nearly constant rows are what the reference says, and most of them need none") {
  if (fast::instruction_sets().empty()) return;
  Random random(17);
  std::uint64_t by_reference = 0;
  constexpr std::size_t rows = 4000;
  for (std::size_t k = 0; k < rows; ++k) {
    const Format format = formats[k % formats.size()];
    // Around 0 down to the subnormal numbers, or neighbours of one number under a scale that brings them together.
    const bool around_zero = random.below(2) == 0;
    const int exponent = static_cast<int>(random.between(format == Format::f64 ? -1074 : -133, -85));
    const double centre = around_zero ? 0 : finite_in(format, random.normal());
    const double scale = around_zero ? (random.below(2) == 0 ? 1 : -0.7) : std::ldexp(1.0, -static_cast<int>(random.between(80, 130)));
    std::vector<double> x;
    const std::size_t near = std::size_t{1} << random.below(7);
    for (std::size_t i = 0; i < near; ++i) {
      const double x_i = around_zero ? std::ldexp(random.normal(), exponent) : centre + std::ldexp(random.normal(), -12);
      x.push_back(random.below(3) == 0 && i > 0 ? x[random.below(i)] : round_to(format, x_i));
    }
    if (format == Format::f16) // its subnormal numbers are too large, a scale of f16 too
      for (double& x_i : x) x_i = random.below(2) == 0 ? 0 : 0x1p-24;
    for (std::size_t i = random.below(4); i > 0; --i)
      x.insert(x.begin() + static_cast<std::ptrdiff_t>(random.below(x.size() + 1)),
               around_zero && random.below(2) == 0 ? finite_in(format, std::copysign(60 + 500 * random.unit(), -scale))
                                                   : std::copysign(infinity, -scale));
    const OracleProblem asked = row(softmax, format, x, {}, round_to(format, scale) == 0 ? 1 : round_to(format, scale));
    INFO(k << " " << name(format) << " n = " << x.size() << " scale " << asked.scale);
    RowsDecided decided;
    REQUIRE(difference_from_mpfr(asked, &decided) == "");
    by_reference += decided.by_reference;
  }
  CHECK(by_reference < rows / 10);
}

TEST_CASE("fast / attention masks, -inf or merely huge, are decided in the first lanes") {
  if (fast::instruction_sets().empty()) return;
  Random random(4);
  for (const double mask : {-infinity, -largest_finite(Format::f32), round_to(Format::f32, -3e38), -1e9, -1e4})
    for (const Operation operation : {softmax, log_softmax, log_sum_exp, cross_entropy, softmax_backward}) {
      if (operation == log_softmax && std::isfinite(mask) && mask < -1e30) continue; // below
      std::uint64_t in_double_lanes = 0, by_reference = 0;
      for (std::size_t length = 2; length < 34; ++length) {
        OracleProblem asked = random_row(operation, Format::f32, 40, 3, random);
        // The causal mask leaves `length` elements; those that are masked have gradients of their own.
        for (std::size_t i = length; i < asked.x.size(); ++i) asked.x[i] = mask;
        if (operation == cross_entropy) asked.target = {static_cast<std::int64_t>(random.below(length))};
        RowsDecided decided;
        REQUIRE(difference_from_mpfr(asked, &decided) == "");
        in_double_lanes += decided.in_double_lanes;
        by_reference += decided.by_reference;
      }
      INFO(name(operation) << " beside " << mask);
      CHECK(by_reference == 0);
      CHECK(in_double_lanes >= 30); // of 32
    }
}

TEST_CASE("fast / log-softmax of huge finite masks needs no reference") {
  if (fast::instruction_sets().empty()) return;
  // log p = mask - m - log s: the mask, a value of the format, and a few units beside it, where an ulp is 2^104.
  for (const double mask : {round_to(Format::f32, -3e38), -largest_finite(Format::f32)}) {
    check_decided_in_lanes(row(log_softmax, Format::f32, {0.5, -1.25, 2, mask, mask}));
    check_decided_in_lanes(row(cross_entropy, Format::f32, {0.5, -1.25, 2, mask, mask}));
  }
}

TEST_CASE("fast / masks beside ordinary logits need no reference in any format") {
  if (fast::instruction_sets().empty()) return;
  for (const Format format : formats)
    for (const Operation operation : {softmax, log_softmax, log_sum_exp, cross_entropy, softmax_backward}) {
      OracleProblem asked = row(operation, format, {-infinity, 0.75, -infinity, 1, -0.5}); // the target is the last
      if (operation == softmax_backward) asked.dy = {1, 2, -3, 0.5, 0.25};
      check_decided_in_lanes(asked);
    }
}

TEST_CASE("fast / ordinary rows hardly ever need the reference") {
  if (fast::instruction_sets().empty()) return;
  constexpr std::size_t rows = 2000, cols = 1024;
  Random random(5);
  std::vector<double> x(rows * cols);
  for (double& value : x) value = round_to(Format::f32, 5 * random.normal());
  const RowsDecided decided =
      ask({softmax, Format::f32, rows, cols, x}, default_resolution, fast::instruction_sets().front()).decided;
  CHECK(decided.in_double_lanes + decided.in_double_double_lanes + decided.by_reference == rows);
  CHECK(decided.by_reference * 1000 < rows);
  CHECK(decided.in_double_lanes * 100 > 95 * rows);
  CHECK(decided.in_double_double_lanes > 0); // measured: 14; the second stage was asked
}

// ---- The same answers, however asked ---------------------------------------------------------------------------------------

TEST_CASE("fast / instruction sets and places in memory do not change a bit") {
  if (fast::instruction_sets().empty()) return;
  std::vector<double> x, dy;
  for (std::uint64_t k = 0; k < 6000; ++k) {
    const OracleProblem asked = oracle_problem(77, k);
    const std::size_t cols = asked.x.size(), offset = 1 + k % 7;
    std::vector<Truth> want(result_count(asked.problem()));
    RowsDecided decided;
    fast::truths(asked.problem(), asked.resolution, want, "none such", decided);
    REQUIRE(decided.by_reference == 1);
    for (const std::string_view set : fast::instruction_sets()) {
      INFO(set << " of " << text_of(asked));
      REQUIRE(difference(ask(asked.problem(), asked.resolution, set).truths, want) == "");
      Problem moved = asked.problem();
      x.assign(offset + cols + 9, std::nan("")); // around the row
      std::copy(asked.x.begin(), asked.x.end(), x.begin() + static_cast<std::ptrdiff_t>(offset));
      moved.x = std::span(x).subspan(offset, cols);
      if (!asked.dy.empty()) {
        dy.assign(offset + cols + 9, std::nan(""));
        std::copy(asked.dy.begin(), asked.dy.end(), dy.begin() + static_cast<std::ptrdiff_t>(offset));
        moved.dy = std::span(dy).subspan(offset, cols);
      }
      REQUIRE(difference(ask(moved, asked.resolution, set).truths, want) == "");
    }
  }
}

TEST_CASE("fast / rows of a batch are rows of their own") {
  if (fast::instruction_sets().empty()) return;
  Random random(6);
  for (const Operation operation : operations)
    for (const Format format : formats)
      for (const double scale : {1.0, -0.75, 0.0, finite_in(format, 1e-7)}) {
        if (operation == from_output && scale != 1) continue;
        constexpr std::size_t rows = 12;
        const std::size_t cols = 1 + random.below(20);
        OracleProblem all = random_row(operation, format, rows * cols, 4, random);
        all.scale = scale;
        const auto at = [&](std::size_t r) { return all.x.begin() + static_cast<std::ptrdiff_t>(r * cols); };
        at(2)[0] = std::nan("");
        at(5)[random.below(cols)] = infinity;
        at(7)[random.below(cols)] = -infinity;
        std::fill(at(8), at(9), scale < 0 ? infinity : -infinity);
        std::fill(at(10), at(11), 1.0);
        if (!all.dy.empty()) all.dy[9 * cols] = infinity;
        Problem problem = all.problem();
        problem.rows = rows;
        problem.cols = cols;
        std::vector<std::int64_t> target(operation == cross_entropy ? rows : 0);
        for (std::int64_t& t : target) t = static_cast<std::int64_t>(random.below(cols));
        problem.target = target;
        const std::vector<Truth> want = truths(mpfr(), problem);
        for (const std::string_view set : fast::instruction_sets()) {
          const Answer answer = ask(problem, default_resolution, set);
          INFO(set << " " << name(operation) << " " << name(format) << " scale " << scale);
          REQUIRE(difference(answer.truths, want) == "");
          std::vector<Truth> singly;
          RowsDecided sum;
          for (std::size_t r = 0; r < rows; ++r) {
            const Answer one = ask(softmax_audit::row_of(problem, r), default_resolution, set);
            singly.insert(singly.end(), one.truths.begin(), one.truths.end());
            sum.in_double_lanes += one.decided.in_double_lanes;
            sum.in_double_double_lanes += one.decided.in_double_double_lanes;
            sum.by_reference += one.decided.by_reference;
          }
          REQUIRE(difference(singly, answer.truths) == "");
          REQUIRE(sum.in_double_lanes == answer.decided.in_double_lanes);
          REQUIRE(sum.in_double_double_lanes == answer.decided.in_double_double_lanes);
          REQUIRE(sum.by_reference == answer.decided.by_reference);
        }
      }
}

TEST_CASE("fast / every length, so that every vector has its tail") {
  Random random(7);
  std::vector<std::size_t> lengths{127, 128, 129, 130, 1000};
  for (std::size_t length = 1; length <= 70; ++length) lengths.push_back(length);
  for (const Operation operation : operations)
    for (const Format format : {Format::f32, Format::f64})
      for (const std::size_t length : lengths)
        REQUIRE(difference_from_mpfr(random_row(operation, format, length, 3, random)) == "");
}

TEST_CASE("fast / the largest, ties of it, the target and the only finite element may stand anywhere") {
  Random random(8);
  for (const Operation operation : {softmax, log_softmax, log_sum_exp, cross_entropy, softmax_backward})
    for (const Format format : {Format::bf16, Format::f32, Format::f64})
      for (std::size_t place = 0; place < 19; ++place) {
        OracleProblem asked = random_row(operation, format, 19, 2, random);
        asked.x[place] = 9;
        REQUIRE(difference_from_mpfr(asked) == "");
        asked.x[random.below(19)] = 9;
        REQUIRE(difference_from_mpfr(asked) == "");
        if (operation == cross_entropy) asked.target = {static_cast<std::int64_t>(place)};
        REQUIRE(difference_from_mpfr(asked) == "");
        for (std::size_t i = 0; i < asked.x.size(); ++i)
          if (i != place) asked.x[i] = -infinity;
        REQUIRE(difference_from_mpfr(asked) == "");
        if (operation == cross_entropy) asked.target = {static_cast<std::int64_t>((place + 1) % 19)};
        REQUIRE(difference_from_mpfr(asked) == "");
      }
}

TEST_CASE("fast / every resolution") {
  Random random(9);
  for (int resolution = 1; resolution <= finest_resolution; ++resolution)
    for (const Operation operation : operations)
      for (const Format format : formats) {
        OracleProblem asked = random_row(operation, format, 9, 3, random);
        asked.resolution = resolution;
        REQUIRE(difference_from_mpfr(asked) == "");
        asked.x[2] = asked.x[4] = asked.x[7]; // and ties
        asked.x[5] = finite_in(format, operation == from_output ? 0 : -1000);
        REQUIRE(difference_from_mpfr(asked) == "");
      }
}

// ---- Where arithmetic runs out of exponents --------------------------------------------------------------------------------

TEST_CASE("fast / log-sum-exp of a row whose largest logit is less than what the others add") {
  // The largest is far below the smallest subnormal, but the sum of the others is not.
  CHECK(difference_from_mpfr(row(log_sum_exp, Format::f32, {-0x1p-149, -0x1p19}, {}, 0x1p-14)) == ""); // log(1 + e^-32)
  CHECK(difference_from_mpfr(row(log_sum_exp, Format::f32, {0x1p-149, -0x1p19}, {}, 0x1p-14)) == "");
  CHECK(difference_from_mpfr(row(log_sum_exp, Format::bf16, {-0x1p-133, -0x1p19}, {}, 0x1p-14)) == "");
  CHECK(difference_from_mpfr(row(log_sum_exp, Format::f64, {-0x1p-1074, -32})) == "");
  CHECK(difference_from_mpfr(row(log_sum_exp, Format::f64, {-0x1p-800, -64})) == "");
}

TEST_CASE("fast / logits whose difference overflows, under a scale that brings it back") {
  const double largest = largest_finite(Format::f64);
  const std::vector<double> x{0x1p999, -largest};
  for (const Operation operation : {softmax, log_softmax, log_sum_exp, cross_entropy})
    CHECK(difference_from_mpfr(row(operation, Format::f64, x, {}, 0x1p-1022)) == "");
  CHECK(difference_from_mpfr(row(softmax_backward, Format::f64, x, {1, 2}, 0x1p-1022)) == "");
}

TEST_CASE("fast / an exact zero has the tail 0 at every resolution") {
  for (const Format format : formats)
    for (int resolution = 1; resolution <= finest_resolution; ++resolution) {
      OracleProblem asked = row(from_output, format, {0.5, 0.5}, {2, 2});
      asked.resolution = resolution;
      CHECK(difference_from_mpfr(asked) == "");
      asked.x = {1};
      asked.dy = {5};
      CHECK(difference_from_mpfr(asked) == "");
    }
}

namespace {

// t below the largest, in places where some rule begins or ends.
double awkward_distance(Format format, Random& random) {
  constexpr double log_2 = 0.6931471805599453;
  const FormatTraits& t = traits(format);
  switch (random.below(14)) {
    case 0: return 0;
    case 1: return -std::ldexp(1 + random.unit(), -static_cast<int>(random.below(60)));
    case 2: return -std::ldexp(1 + random.unit(), -static_cast<int>(random.below(1000)));
    case 3: return -log_2 * static_cast<double>(t.precision + random.between(-3, 14));
    case 4: return -log_2 * static_cast<double>(random.between(30, 70)) + random.unit() - 0.5;
    case 5: return log_2 * static_cast<double>(smallest_subnormal_exponent(format) + random.between(-14, 3));
    case 6: return log_2 * static_cast<double>(t.smallest_exponent + random.between(-3, 3));
    case 7: return (random.one_in(2) ? -650 : -840) + 3 * random.normal();
    case 8: return -log_2 * static_cast<double>(random.between(190, 350));
    case 9: return -log_2 * static_cast<double>(random.between(900, 1300));
    case 10: return -std::ldexp(1 + random.unit(), static_cast<int>(random.below(20)));
    case 11: return -std::ldexp(1 + random.unit(), static_cast<int>(random.below(1000)));
    case 12: return -std::log(1.0 + static_cast<double>(random.below(12)));
    default: return 5 * random.normal() - 10;
  }
}
double awkward_largest(Format format, Random& random) {
  const double sign = random.one_in(2) ? -1 : 1;
  switch (random.below(8)) {
    case 0: return 0;
    case 1:
      return sign * std::ldexp(1 + (random.one_in(2) ? random.unit() : 0),
                               static_cast<int>(random.between(2 * std::max(smallest_subnormal_exponent(format), -500), 0)));
    case 2: return sign * std::ldexp(1.0, static_cast<int>(random.between(-30, 30)));
    case 3: return -std::log(1.0 + static_cast<double>(random.below(12)));
    case 4: return sign * std::ldexp(1 + random.unit(), static_cast<int>(random.between(0, traits(format).largest_exponent)));
    case 5: return sign * largest_finite(format) * (1 - random.unit() * std::ldexp(1.0, -static_cast<int>(random.below(20))));
    case 6: return 20 * random.normal();
    default: return static_cast<double>(random.between(-1000, 1000));
  }
}
double neighbour(Format format, double value, Random& random) {
  if (!std::isfinite(value)) return value;
  const double moved = value_of_order(format, order_of(format, value) + random.between(-2, 2));
  return std::isfinite(moved) ? moved : value;
}

// What oracle_problems.hpp does not aim at: the thresholds of fast's own rules, scales and logits that meet beyond the format.
OracleProblem awkward_row(Random& random) {
  const Operation operation = operations[random.below(operations.size())];
  const Format format = formats[random.below(formats.size())];
  const FormatTraits& t = traits(format);
  const std::size_t cols = 1 + (random.one_in(30) ? random.below(130) : random.below(random.one_in(4) ? 40 : 6));
  OracleProblem made = row(operation, format, std::vector<double>(cols));
  made.resolution = random.one_in(4) ? static_cast<int>(random.between(1, finest_resolution)) : default_resolution;
  if (takes_upstream_gradient(operation)) {
    made.dy.resize(cols);
    const std::size_t kind = random.below(7);
    const double common = any_value(format, random);
    const int exponent = static_cast<int>(random.between(-40, 40));
    for (double& g : made.dy) {
      switch (kind) {
        case 0: g = any_value(format, random); break;
        case 1: g = static_cast<double>(random.between(-3, 3)); break;
        case 2: g = neighbour(format, common, random); break;
        case 3: g = finite_in(format, std::ldexp(random.normal(), exponent)); break;
        case 4: g = random.one_in(2) ? 0 : common; break;
        case 5:
          g = finite_in(format, with_any_sign(std::pow(10.0, static_cast<double>(random.between(-300, 300))), random));
          break;
        default: g = finite_in(format, common * static_cast<double>(random.between(-2, 2))); break;
      }
    }
  }
  if (operation == from_output) {
    made.x = forward_results(format, cols, random);
    if (random.one_in(3))
      for (double& y : made.x) y = random.one_in(3) ? neighbour(format, made.x[0], random) : y;
    return made;
  }
  switch (random.below(6)) {
    case 0:
      made.scale = std::ldexp(1.0, static_cast<int>(random.between(smallest_subnormal_exponent(format), t.largest_exponent)));
      break;
    case 1: made.scale = std::fabs(any_value(format, random)); break;
    case 2: made.scale = std::ldexp(1.0, -static_cast<int>(random.below(20))); break;
    default: break;
  }
  if (made.scale == 0) made.scale = smallest_subnormal(format);
  const double largest = awkward_largest(format, random);
  for (double& x : made.x) {
    x = finite_in(format, (largest + awkward_distance(format, random)) / made.scale);
    if (operation == sigmoid) x = with_any_sign(x, random);
  }
  made.x[random.below(cols)] = finite_in(format, largest / made.scale);
  if (random.one_in(3))
    for (double& x : made.x) x = random.one_in(3) ? made.x[random.below(cols)] : x;
  if (random.one_in(4))
    for (double& x : made.x) x = random.one_in(3) ? neighbour(format, made.x[random.below(cols)], random) : x;
  if (random.one_in(4))
    for (double& x : made.x)
      if (random.one_in(3))
        x = random.one_in(3) ? -largest_finite(format) : random.one_in(2) ? finite_in(format, -1e9) : -infinity;
  if (operation == cross_entropy) made.target = {static_cast<std::int64_t>(random.below(cols))};
  if (random.one_in(10)) {
    made.scale = -made.scale;
    for (double& x : made.x) x = -x;
  }
  return made;
}

void ask_awkward_rows(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t k = 0; k < rows; ++k) {
    const OracleProblem asked = awkward_row(random);
    const std::string text = difference_from_mpfr(asked);
    CHECK(text == "");
  }
}

} // namespace

TEST_CASE("fast / awkward rows: the reference's answers") { ask_awkward_rows(20000, 11); }
TEST_CASE("long / fast answers awkward rows", "[.long]") { ask_awkward_rows(3000000, 12); }

TEST_CASE("fast / without an instruction set everything is the reference's") {
  const OracleProblem asked = row(softmax, Format::f32, {1, 2, 3});
  const Problem problem = asked.problem();
  std::vector<Truth> results(3);
  RowsDecided decided;
  fast::truths(problem, default_resolution, results, "none", decided);
  REQUIRE(decided.by_reference == 1);
  REQUIRE(results == truths(oracle_named("mpfr"), problem));
  std::vector<Enclosure> enclosures(3);
  fast::enclosures(problem, Stage::double_lanes, enclosures, "none");
  for (const Enclosure& enclosure : enclosures) REQUIRE(std::isinf(enclosure.radius));
}

} // namespace softmax_audit::fast_test
