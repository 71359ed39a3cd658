#include "properties/campaigns/curves.hpp"

#include "properties/laws/row_facts.hpp"

namespace softmax_audit {
namespace {

constexpr int steps_per_octave = 4;

Case case_at(const Curve& curve, double temperature) {
  Case c;
  c.format = curve.format;
  if (curve.by_scale) {
    c.x = curve.logits;
    c.scale = round_to(curve.format, 1 / temperature);
  } else {
    for (const double logit : curve.logits) c.x.push_back(round_to(curve.format, logit / temperature));
  }
  return c;
}

CurvePoint point_of(const Subject& subject, const Case& c, double temperature, const Oracle& oracle) {
  const Answered answer = answered(subject, question_of(c), oracle, default_resolution);
  CurvePoint point{temperature, {}, answer.y, {}, answer.bound};
  for (std::size_t i = 0; i < answer.y.size(); ++i) {
    point.exact.push_back(value_of(answer.truth[i]));
    point.ulp.push_back(std::isnan(answer.y[i]) ? answer.y[i]
                                                : ulp_error(answer.y[i], answer.truth[i], c.format, default_resolution).value);
  }
  return point;
}

} // namespace

std::vector<Curve> curves_of(const Subject& subject, Format format, const Oracle& oracle) {
  std::vector<Curve> curves;
  for (const std::vector<double>& logits : {std::vector<double>{0, 1}, {0, 1, 2}}) {
    Curve curve{format, logits, subject.takes_scale, {}, {}};
    for (int step = coldest * steps_per_octave; step <= hottest * steps_per_octave; ++step) {
      const double temperature = std::exp2(static_cast<double>(step) / steps_per_octave);
      const Case c = case_at(curve, temperature);
      if (!is_ordinary(c) || !covers(subject.claim, question_of(c))) continue;
      try {
        curve.points.push_back(point_of(subject, c, temperature, oracle));
      } catch (const Incident& incident) {
        if (incident.kind == Incident::Kind::refused) continue;
        curve.incident = incident.what();
        break;
      }
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

} // namespace softmax_audit
