// Law      finite rows raise no IEEE exception but inexact and underflow: nothing invalid, no division by zero, no overflow.
// Source   properties/README.md, "Flags": every step of the shifted formulas is defined and bounded; CORE-MATH holds its functions to the same.
// Basis    policy, with bound 0 exceptions: no class of arithmetic promises it, careful code does it.
// Needs    finite logits whose range is finite too, n times the gradients far from overflow; from the output, a y in [0, 1] (is_ordinary), so
//          that a product of y and dy is no larger than dy.
#include "properties/laws/row_facts.hpp"

#include <bit>

namespace softmax_audit {
namespace {

bool admits(const Case& c) {
  if (!is_ordinary_and_finite(c)) return false;
  const double room = largest_finite(c.format) / 8;
  const auto small = [room](double value) { return std::fabs(value) < room; };
  const double scale = std::max(1.0, std::fabs(c.scale));
  return std::all_of(c.x.begin(), c.x.end(), [&](double value) { return small(scale * value); }) &&
         std::all_of(c.dy.begin(), c.dy.end(), [&](double value) { return small(value * static_cast<double>(c.x.size())); });
}

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  const auto flags = static_cast<unsigned>(subject.run_placed(question_of(c), {}).flags);
  WorstFinding worst(c, Basis::policy, "invalid, divide-by-zero and overflow have no cause on such a row: no tolerance");
  const auto raised = static_cast<double>(std::popcount(flags));
  worst.consider({raised, raised}, 0, std::nullopt, 0, raised);
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property raises_no_flags{
    .name = "raises_no_flags",
    .statement = "finite rows raise neither invalid nor divide-by-zero nor overflow",
    .source = "properties/README.md#flags",
    .needs = "finite logits and gradients far from overflow",
    .means = "The processor reports an overflow, a division by zero or an invalid operation although the row is harmless: "
             "programs that trap or look for such flags stop or raise an alarm.",
    .unit = Unit::elements,
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::flags},
    .arrange = &keep_row,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
