#include "properties/campaigns/explain.hpp"

#include "properties/bounds.hpp"
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {

Explanation explain(const Subject& subject, const Case& c, Truths& truths) {
  constexpr int digits = 40;
  if (!has_truth(c.x, c.scale))
    throw std::invalid_argument("row: some scale * x is NaN or +inf, or all are -inf: such a row has no exact softmax; "
                                "`check --property treats_special_values` judges it");
  const Problem problem{Operation::softmax, c.format, 1, c.x.size(), c.x, c.scale};
  const auto truth = truths.row(c.format, c.x, c.scale);
  const std::vector<std::string> exact = truths.oracle().decimals(problem, digits);
  const SoftmaxBounds bounds = softmax_bounds(subject.claim, c.format, c.x, c.scale, *truth);
  const std::vector<double> y = subject.run(problem);
  Explanation explanation;
  explanation.assumptions = assumptions(subject.claim, subject.claim_is_assumed, c.format, c.x.size());
  for (std::size_t i = 0; i < y.size(); ++i)
    explanation.elements.push_back(
        {c.x[i], exact[i], (*truth)[i].nearest, y[i], ulp_error(y[i], (*truth)[i], default_resolution).value, bounds.ulp[i]});
  return explanation;
}

} // namespace softmax_audit
