// Law      max x <= log-sum-exp(x) <= max x + log n.
// Source   1 <= sum exp(x_j - m) <= n. From below with bound 0: the computed sum contains exp(0) = 1, its logarithm is not negative, and
//          rounding m + log s is monotone (properties/README.md, "Relatives").
// Basis    theorem; from above within B, and from below too where exp(0) = 1 is not claimed, log may err by 100 %, or the arithmetic
//          cannot hold the largest logit or flushes it.
// Needs    an ordinary row and scale 1.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

bool admits(const Case& c) { return is_ordinary(c) && c.scale == 1; }

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Answered answer = answered(subject, question_of(c), oracle, resolution);
  WorstFinding worst(c, Basis::theorem, assumptions_of(subject, c));
  const double y = answer.y[0], largest = c.x[largest_index(c.x, 1)];
  const auto finite =
      static_cast<double>(std::count_if(c.x.begin(), c.x.end(), [](double value) { return std::isfinite(value); }));
  if (std::isnan(y)) {
    worst.consider_not_a_number(0, 0, answer.truth[0].nearest);
    return worst.finding();
  }
  const bool is_certain = logarithm_is_not_negative(subject.claim, c) && subject.claim.subnormals == Subnormals::gradual &&
                          is_representable(arithmetic_of(subject.claim, c.format), largest);
  const int exponent = answer.truth[0].ulp_exponent;
  worst.consider(distance(std::max(0.0, largest - y), 0, exponent), is_certain ? 0 : answer.bound[0], 0, largest, y);
  const double highest = largest + std::log(finite) * (1 + 0x1p-50);
  if (std::isfinite(answer.bound[0]) && std::isfinite(y))
    worst.consider(distance(std::max(0.0, (y - highest) - std::fabs(highest) * 0x1p-52), 0, exponent), answer.bound[0], 0,
                   highest, y);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property lies_within_log_n_of_maximum{
    .name = "lies_within_log_n_of_maximum",
    .statement = "max x <= log-sum-exp(x) <= max x + log n",
    .source = "properties/README.md#relatives",
    .needs = "x finite or -inf, and some of it finite",
    .means = "Log-sum-exp is below the largest logit or too far above it: a negative log-likelihood can turn negative, and "
             "merged partial results are wrong.",
    .least_cases = 20,
    .operations = {Operation::log_sum_exp},
    .arrange = &keep_row,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
