// What laws ask of a row and of a subject.
#pragma once

#include "oracles/special_values.hpp"
#include "oracles/ulp.hpp"
#include "properties/bounds.hpp"
#include "properties/inputs/random.hpp"
#include "properties/property.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace softmax_audit {

// Do arithmetic and nothing else decide the row? No scale * x is NaN or +inf, and some is finite.
inline bool has_truth(std::span<const double> x, double scale) {
  bool finite = false;
  if (!std::isfinite(scale)) return false;
  for (const double value : x) {
    if (std::isnan(value) || (std::isinf(value) && !(value < 0 && scale > 0))) return false;
    finite = finite || std::isfinite(value);
  }
  return finite;
}

// A number that a forward pass may give: what softmax_backward_from_output starts from.
inline bool is_share(double y) { return y >= 0 && y <= 1; }

// The same for the whole question: gradients finite, the target a logit with mass, an output of shares.
inline bool is_ordinary(const Case& c) {
  const auto finite = [](double value) { return std::isfinite(value); };
  if (c.x.empty() || !has_truth(c.x, c.scale)) return false;
  if (takes_upstream_gradient(c.operation) && (c.dy.size() != c.x.size() || !std::all_of(c.dy.begin(), c.dy.end(), finite)))
    return false;
  if (c.operation == Operation::softmax_backward_from_output)
    return c.scale == 1 && std::all_of(c.x.begin(), c.x.end(), &is_share);
  if (c.operation != Operation::cross_entropy) return true;
  return c.target >= 0 && static_cast<std::size_t>(c.target) < c.x.size() &&
         std::isfinite(c.x[static_cast<std::size_t>(c.target)]);
}
inline bool is_ordinary_and_finite(const Case& c) {
  return is_ordinary(c) && std::all_of(c.x.begin(), c.x.end(), [](double value) { return std::isfinite(value); });
}

// The index of the largest scale * x. Requires an ordinary row.
inline std::size_t largest_index(std::span<const double> x, double scale) {
  std::size_t largest = 0;
  bool found = false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i])) continue;
    if (!found || (scale < 0 ? x[i] < x[largest] : x[i] > x[largest])) largest = i;
    found = true;
  }
  return largest;
}

// scale * x_i is a value of the format for every i.
inline bool scales_exactly(Format format, std::span<const double> x, double scale) {
  return std::all_of(x.begin(), x.end(), [&](double value) {
    if (!std::isfinite(value)) return true;
    const double product = scale * value;
    return std::isfinite(product) && is_representable(format, product) && std::fma(scale, value, -product) == 0 &&
           (product != 0 || value == 0 || scale == 0);
  });
}

inline std::string assumptions_of(const Subject& subject, const Case& c) {
  return assumptions(subject.claim, subject.claim_is_assumed, c.format, c.x.size());
}
inline SoftmaxBounds softmax_bounds_of(const Subject& subject, const Case& c, std::span<const Truth> truth) {
  return softmax_bounds(subject.claim, c.format, c.x, c.scale, truth);
}

inline Measured absolute(const UlpError& error) {
  const double size = std::fabs(error.value);
  return {std::max(0.0, size - error.half_width), size + error.half_width};
}

// A difference of two doubles divided by a power of two, as an interval: one rounding.
inline Measured exact_but_one_rounding(double value) {
  const double size = std::max(0.0, value);
  return {size * (1 - 0x1p-52), size * (1 + 0x1p-52)};
}

// |a - b| in units of 2^exponent; equal infinities are no distance, an infinity and a number more than anything else.
inline Measured distance(double a, double b, int exponent) {
  if (a == b) return {};
  const double size = std::ldexp(std::fabs(a - b), -exponent);
  return std::isfinite(size) ? exact_but_one_rounding(size)
                             : Measured{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
}

// What is infinite, or not a number, where a finite number is due: no bound covers it.
inline constexpr Measured beyond_counting{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};

inline bool same_bits(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

inline void keep_row(Case&, Random&, std::size_t) {}

// One question, the subject's results, the truth, and what the class allows. Logarithms and gradients may be so small that an error beside them
// is more ulp than a double can count (binary64, results that are exactly zero): there the unit is 2^-674, here as in `bound`.
struct Answered {
  std::vector<Truth> truth;
  std::vector<double> bound, y; // bound in ulp
};
inline Answered answered(const Subject& subject, const Problem& question, const Oracle& oracle, int resolution) {
  Answered answer;
  answer.truth = truths(oracle, question, resolution);
  answer.bound = error_bounds(subject.claim, question, answer.truth, oracle);
  constexpr int coarse = -674;
  bool uncountable = false;
  if (question.format == Format::f64 && question.operation != Operation::softmax && question.operation != Operation::sigmoid)
    for (std::size_t i = 0; i < answer.bound.size(); ++i) {
      Truth& truth = answer.truth[i];
      if (!std::isinf(answer.bound[i]) || truth.ulp_exponent >= coarse) continue;
      truth.tail = std::ldexp(truth.tail, truth.ulp_exponent - coarse);
      truth.ulp_exponent = coarse;
      uncountable = true;
    }
  if (uncountable) answer.bound = error_bounds(subject.claim, question, answer.truth, oracle);
  answer.y = subject.run(question);
  return answer;
}

// Results against the truth, within the bounds of the class.
inline Finding compare_with_truth(const Answered& answer, const Subject& subject, const Case& c, int resolution) {
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  for (std::size_t i = 0; i < answer.y.size(); ++i) {
    const double want = answer.truth[i].nearest, bound = answer.bound[i];
    const bool anything_goes = std::isinf(bound); // but a NaN is no answer even then
    if (std::isnan(answer.y[i]))
      worst.consider_not_a_number(anything_goes ? 0 : bound, i, want);
    else if (!anything_goes)
      worst.consider(absolute(ulp_error(answer.y[i], answer.truth[i], c.format, resolution)), bound, i, want, answer.y[i]);
  }
  return worst.finding();
}
inline Finding compare_with_truth(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  return compare_with_truth(answered(subject, question_of(c), oracle, resolution), subject, c, resolution);
}

// Is the computed sum of exponentials at least 1? It contains exp(0) (properties/README.md, "Relatives", *Signs*).
inline bool sum_is_at_least_one(const Claim& claim, const Case& c) {
  const double u = unit_roundoff(claim.accumulator.value_or(arithmetic_of(claim, c.format)));
  const bool is_compensated = claim.summation == Summation::compensated;
  return claim.exponential_of_zero_is_one && claim.form != ExponentialForm::base_two_fused &&
         !(is_compensated && (claim.rescaling == Rescaling::online || 2 * static_cast<double>(c.x.size()) * u >= 1));
}
// And its computed logarithm not negative?
inline bool logarithm_is_not_negative(const Claim& claim, const Case& c) {
  return sum_is_at_least_one(claim, c) && 2 * claim.logarithm_ulp * unit_roundoff(arithmetic_of(claim, c.format)) < 1;
}

// Results against values of the format that they have to be.
inline void consider_exact(WorstFinding& worst, std::span<const double> y, std::span<const double> want, Format format) {
  for (std::size_t i = 0; i < y.size(); ++i)
    if (std::isnan(y[i]))
      worst.consider_not_a_number(0, i, want[i]);
    else
      worst.consider(distance(y[i], want[i], ulp_exponent(format, want[i])), 0, i, want[i], y[i]);
}

// Two answers with one truth: result k of `other` is the row's result of[k], and each lies within its own bound of the truth, so they lie
// within the sum of both of each other. Bit for bit where the subject promises that. With `of_placement`, two that are no numbers agree:
// that a number is due there is the business of other laws.
inline Finding compare_answers(const Answered& answer, const std::vector<double>& other_y,
                               const std::vector<double>& other_bound, const std::vector<std::size_t>& of,
                               const Subject& subject, const Case& c, std::optional<Contract> contract,
                               bool of_placement = false) {
  const bool promised = contract && subject.claim.bitwise.has(*contract);
  WorstFinding worst(c, promised ? Basis::claim : Basis::theorem,
                     promised ? std::string("the same bits, as claimed: bitwise=").append(name(*contract))
                              : assumptions_of(subject, c));
  for (std::size_t k = 0; k < other_y.size(); ++k) {
    const std::size_t i = of[k];
    const double y = answer.y[i], other = other_y[k];
    const double sum = answer.bound[i] + other_bound[k];
    const bool anything_goes = std::isinf(sum);
    const double bound = promised ? 0 : sum;
    worst.compare_bits(same_bits(y, other));
    if (of_placement && same_bits(y, other)) {
      worst.consider({}, promised || anything_goes ? 0 : sum, i, y, other);
      continue;
    }
    if (std::isnan(y) || std::isnan(other))
      worst.consider_not_a_number(anything_goes ? 0 : bound, i, answer.truth[i].nearest);
    else if (promised || !anything_goes)
      worst.consider(distance(y, other, answer.truth[i].ulp_exponent), bound, i, y, other);
  }
  return worst.finding();
}
// The same where the other answer is one to another question.
inline Finding compare_runs(const Subject& subject, const Case& c, const Problem& other, const std::vector<std::size_t>& of,
                            const Oracle& oracle, int resolution, std::optional<Contract> contract) {
  if (!covers(subject.claim, other)) return WorstFinding(c, Basis::theorem, assumptions_of(subject, c)).finding(); // vacuous
  const Answered answer = answered(subject, question_of(c), oracle, resolution);
  std::vector<Truth> other_truth;
  other_truth.reserve(of.size());
  for (const std::size_t i : of) other_truth.push_back(answer.truth[i]);
  return compare_answers(answer, subject.run(other), error_bounds(subject.claim, other, other_truth, oracle), of, subject, c,
                         contract);
}

// 0, 1, 2 ...: each result of the row where it stands.
inline std::vector<std::size_t> in_place(const Case& c) {
  std::vector<std::size_t> of(results_of_row(c.operation, c.x.size()));
  std::iota(of.begin(), of.end(), std::size_t{0});
  return of;
}

// The case's row as row `at` of `rows`; the others are filled from c.with, over and over, and have targets of their own.
struct Batch {
  std::vector<double> x, dy;
  std::vector<std::int64_t> target;
  std::size_t rows, at;
  Batch(const Case& c, std::size_t rows_, std::size_t at_) : rows(rows_), at(at_) {
    const std::size_t n = c.x.size();
    const bool gradient = takes_upstream_gradient(c.operation);
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t i = 0; i < n; ++i) {
        const double filling = c.with.empty() ? c.x[(i + r) % n] : c.with[(r * n + i) % c.with.size()];
        x.push_back(r == at ? c.x[i] : filling);
        if (gradient) dy.push_back(r == at ? c.dy[i] : filling);
      }
    if (c.operation == Operation::cross_entropy)
      for (std::size_t r = 0; r < rows; ++r) target.push_back(r == at ? c.target : static_cast<std::int64_t>((r * 7) % n));
  }
  Problem question(const Case& c) const { return {c.operation, c.format, rows, c.x.size(), x, c.scale, dy, target}; }
  // The results of the case's row.
  std::vector<double> own(const std::vector<double>& y, const Case& c) const {
    const std::size_t results = results_of_row(c.operation, c.x.size());
    const auto first = y.begin() + static_cast<std::ptrdiff_t>(at * results);
    return {first, first + static_cast<std::ptrdiff_t>(results)};
  }
};

// The row alone and as one of a batch that is placed in memory in another way.
inline Finding compare_placements(const Subject& subject, const Case& c, const Batch& batch, const Placement& placement,
                                  const Oracle& oracle, int resolution, Contract contract) {
  const Answered answer = answered(subject, question_of(c), oracle, resolution);
  const std::vector<double> placed = batch.own(subject.run_placed(batch.question(c), placement).y, c);
  return compare_answers(answer, placed, answer.bound, in_place(c), subject, c, contract, true);
}

// What other rows may hold: ordinary logits, large ones, this row's own, so that theirs is the same maximum, and what must not leak.
inline void fill_neighbours(Case& c, Random& random) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double own = c.x[largest_index(c.x, c.scale)];
  const double contents[] = {own,
                             c.x[random.below(c.x.size())],
                             random.normal(),
                             100 * random.normal(),
                             largest_finite(c.format),
                             -largest_finite(c.format),
                             infinity,
                             -infinity,
                             std::numeric_limits<double>::quiet_NaN()};
  c.with.clear();
  const std::size_t values = 1 + random.below(5);
  for (std::size_t k = 0; k < values; ++k) c.with.push_back(round_to(c.format, contents[random.below(std::size(contents))]));
}

} // namespace softmax_audit
