// Law      the same number added to every upstream gradient changes nothing: softmax does not move along (1, ..., 1).
// Source   properties/README.md, "Gradients": g - sum p g is the same, so both runs have one truth.
// Basis    theorem.
// Needs    a constant (--shift) that leaves every gradient exact.
#include "properties/laws/shifts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  // Gradients on a grid with a few bits, so that a constant fits beside them.
  for (double& g : c.dy) g = std::nearbyint(std::clamp(g, -4.0, 4.0) * 8) / 8;
  c.shift =
      (random.one_in(2) ? -1 : 1) * std::ldexp(1.0, static_cast<int>(random.between(-3, c.format == Format::bf16 ? 1 : 4)));
}

bool admits(const Case& c) {
  return is_ordinary(c) && c.shift != 0 && is_representable(c.format, c.shift) &&
         std::all_of(c.dy.begin(), c.dy.end(), [&c](double g) { return shifts_exactly(c.format, g, c.shift); });
}

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  std::vector<double> dy = c.dy;
  for (double& g : dy) g += c.shift;
  return compare_runs(subject, c, question_of(c, c.x, dy, c.scale), in_place(c), oracle, resolution, std::nullopt);
}

} // namespace

namespace laws {
extern constinit const Property ignores_constant_gradient{
    .name = "ignores_constant_gradient",
    .statement = "|dx_i(g + c) - dx_i(g)| <= B(g)_i + B(g + c)_i, g + c exact",
    .source = "properties/README.md#gradients",
    .needs = "a constant (--shift) that leaves every gradient (--dy) exact",
    .means = "A constant added to all upstream gradients changes the result, although probabilities cannot move under it: "
             "training gets a push that is not in the loss.",
    .least_cases = 20,
    .operations = {Operation::softmax_backward},
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
