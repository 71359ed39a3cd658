// Law      softmax(s x) with s as a parameter is softmax of the logits s x: both runs lie within their own bound of one truth.
// Source   properties/README.md, "Scale".
// Basis    theorem. Bit for bit is a contract: code that fuses s x - m keeps what the product would have rounded, and shows it.
// Needs    a scale other than 1 and s x exact: powers of two, and other scales on logits that leave room for their bits.
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

void arrange(Case& c, Random& random, std::size_t) {
  const int precision = traits(c.format).precision;
  if (random.one_in(2)) {
    c.scale = std::ldexp(1.0, static_cast<int>(random.between(-8, 8)));
    return;
  }
  // A scale with a few odd bits, and logits that keep the rest: 3/8, 5, 0.8125 ...
  const int bits_of_scale = static_cast<int>(random.between(2, precision / 2));
  const auto odd = static_cast<double>(random.between(1, (std::int64_t{1} << bits_of_scale) - 1) | 1);
  c.scale = std::ldexp(odd, -bits_of_scale + static_cast<int>(random.between(-2, 3)));
  const int bits_of_logit = precision - bits_of_scale;
  for (double& value : c.x) {
    if (!std::isfinite(value) || value == 0) continue;
    const int spacing = std::ilogb(value) - bits_of_logit + 1;
    value = std::ldexp(std::trunc(std::ldexp(value, -spacing)), spacing);
  }
}

bool admits(const Case& c) { return is_ordinary(c) && c.scale != 1 && c.scale != 0 && scales_exactly(c.format, c.x, c.scale); }

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  std::vector<double> x = c.x;
  for (double& value : x) value *= c.scale;
  return compare_runs(subject, c, question_of(c, x, c.dy, 1), in_place(c), oracle, resolution, Contract::scale);
}

} // namespace

namespace laws {
extern constinit const Property folds_scale{
    .name = "folds_scale",
    .statement = "|y_i(x; s) - y_i(s x; 1)| <= B(x; s)_i + B(s x; 1)_i, s x exact",
    .source = "properties/README.md#scale",
    .needs = "a scale (--scale) other than 1 with s x exact",
    .means = "Passing a temperature or an attention scale is not the same as multiplying the logits by it: code that folds the "
             "scale into the weights gets other results than code that passes it.",
    .least_cases = 20,
    .operations = operations_of_logits,
    .needs_scale = true,
    .contract = Contract::scale,
    .arrange = &arrange,
    .admits = &admits,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
