#include "properties/campaigns/explain.hpp"

#include "properties/bounds.hpp"
#include "properties/inputs/cases.hpp"
#include "properties/laws/row_facts.hpp"

namespace softmax_audit {

Explanation explain(const Subject& subject, const Case& given, const Oracle& oracle) {
  constexpr int digits = 40;
  Case c = given;
  fit(c, subject);
  if (!is_ordinary(c))
    throw std::invalid_argument(
        "row: some scale * x is NaN or +inf, or all are -inf, or the target has no mass: such a row has no exact "
        "result; `check --property treats_special_values` judges it");
  const Problem question = question_of(c);
  const Answered answer = answered(subject, question, oracle, default_resolution);
  const std::vector<std::string> exact = oracle.decimals(question, digits);
  Explanation explanation;
  explanation.assumptions = assumptions(subject.claim, subject.claim_is_assumed, c.format, c.x.size());
  for (std::size_t i = 0; i < answer.y.size(); ++i)
    explanation.elements.push_back({gives_one_value_a_row(c.operation) ? c.x[static_cast<std::size_t>(c.target)] : c.x[i],
                                    exact[i], answer.truth[i].nearest, answer.y[i],
                                    std::isnan(answer.y[i])
                                        ? answer.y[i] // no number of ulps away
                                        : ulp_error(answer.y[i], answer.truth[i], c.format, default_resolution).value,
                                    answer.bound[i]});
  return explanation;
}

} // namespace softmax_audit
