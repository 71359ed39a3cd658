// Law      for two logits, y_0 = 1 / (1 + exp(-(x_0 - x_1))) and y_1 = 1 / (1 + exp(x_0 - x_1)), of the exact difference.
// Source   p_0 = e^x_0 / (e^x_0 + e^x_1); properties/README.md, "B1", for n = 2, where it is nearly attained.
// Basis    theorem.
// Needs    n = 2, both logits finite.
// Note     differences that the format cannot hold are generated on purpose: sigmoid(fl(x_0 - x_1)) is another function.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

// The second logit lies at a distance at which both classes still count, on a grid finer or coarser than the first's.
void arrange(Case& c, Random& random, std::size_t) {
  const auto finite = std::find_if(c.x.begin(), c.x.end(), [](double value) { return std::isfinite(value); });
  const double first = finite == c.x.end() ? 0 : *finite;
  const double distance = std::ldexp(1 + random.unit(), static_cast<int>(random.between(-30, 7)));
  const double second = round_to(c.format, first + (random.one_in(2) ? -distance : distance));
  c.x = {first, std::isfinite(second) ? second : first};
}

bool admits(const Case& c) { return c.x.size() == 2 && std::isfinite(c.x[0]) && std::isfinite(c.x[1]) && is_ordinary(c); }

} // namespace

namespace laws {
extern constinit const Property equals_sigmoid_for_two{
    .name = "equals_sigmoid_for_two",
    .statement = "n = 2: y_0 = 1 / (1 + exp(-(x_0 - x_1))) within B1",
    .source = "properties/README.md#two-classes",
    .needs = "exactly two logits, both finite",
    .means = "With two classes the result is not the logistic function of the difference: binary decisions and their "
             "confidence are off by more than the arithmetic excuses.",
    .least_cases = 20,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &compare_with_truth,
};
} // namespace laws

} // namespace softmax_audit
