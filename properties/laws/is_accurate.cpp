// Law      |y_i - p_i| <= B1(x)_i for every element i.
// Source   properties/README.md, "B1", with the proof for every class of claims; refines Blanchard, Higham, Higham (2021),
//          Theorem 4.3, from norm-wise to element-wise.
// Basis    theorem: follows from the declared class of arithmetic.
// Needs    scale * x finite or -inf, not all -inf.
// Measure  the signed distance to the exact p_i in ulp(p_i), the truth's residual included.
#include "properties/inputs/random.hpp"
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, Truths& truths, int resolution) {
  const auto truth = truths.row(c.format, c.x, c.scale, resolution);
  const SoftmaxBounds bounds = bounds_of(subject, c, c.x, *truth);
  const std::vector<double> y = answer(subject, c);
  WorstFinding worst(Basis::theorem, assumptions_of(subject, c));
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isnan(y[i]))
      worst.consider_not_a_number(std::isinf(bounds.ulp[i]) ? 0 : bounds.ulp[i], i, (*truth)[i].nearest);
    else if (!std::isinf(bounds.ulp[i])) // the class allows this element any value
      worst.consider(absolute(ulp_error(y[i], (*truth)[i], resolution)), bounds.ulp[i], i, (*truth)[i].nearest, y[i]);
  }
  return worst.finding();
}

} // namespace

namespace laws {
extern constinit const Property is_accurate{
    .name = "is_accurate",
    .statement = "|y_i - p_i| <= B1(x)_i",
    .source = "properties/README.md#b1",
    .unit = Unit::ulp,
    .least_cases = 20,
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
