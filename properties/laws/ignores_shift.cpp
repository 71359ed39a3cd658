// Law      softmax(x + c) = softmax(x), and so its logarithm, gradient and cross-entropy: both runs lie within their own bound of one truth.
// Source   properties/README.md, "Shift".
// Basis    theorem. Bit for bit is a contract, met by algorithms that see the logits through differences only.
// Needs    x_i + c a value of the format for every i, or the rows are not shifts of each other.
#include "properties/laws/shifts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const std::vector<double> x = shifted_row(c);
  return compare_runs(subject, c, question_of(c, x, c.dy, c.scale), in_place(c), oracle, resolution, Contract::shift);
}

// Scaled logits that round are not shifts of each other in the arithmetic, whatever the code does: no bits to compare then.
bool admits(const Case& c) {
  return admits_shift(c) && scales_exactly(c.format, c.x, c.scale) && scales_exactly(c.format, shifted_row(c), c.scale);
}

} // namespace

namespace laws {
extern constinit const Property ignores_shift{
    .name = "ignores_shift",
    .statement = "|y_i(x + c) - y_i(x)| <= B(x)_i + B(x + c)_i, x + c exact",
    .source = "properties/README.md#shift",
    .needs = "a shift (--shift) that leaves every logit exact, and some logit finite",
    .means = "Adding the same number to all logits changes the result by more than rounding: probabilities depend on a level "
             "that carries no information.",
    .least_cases = 20,
    .operations = {Operation::softmax, Operation::log_softmax, Operation::softmax_backward, Operation::cross_entropy},
    .contract = Contract::shift,
    .arrange = &arrange_shift,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
