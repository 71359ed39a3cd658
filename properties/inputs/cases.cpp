#include "properties/inputs/cases.hpp"

#include "properties/inputs/rows.hpp"

#include <cmath>
#include <iterator>

namespace softmax_audit {
namespace {

// 1 / sqrt(d) for usual head sizes, temperatures, and numbers with all bits: scales that fuse or double-round differently.
double any_scale(Format format, Random& random) {
  constexpr double usual[] = {0.125, 0.08838834764831845, 0.1118033988749895, 0.7, 1.5, 10, 0.1};
  if (random.one_in(2)) return round_to(format, usual[random.below(std::size(usual))]);
  return round_to(format, std::ldexp(1 + random.unit(), static_cast<int>(random.between(-6, 3))));
}

} // namespace

Case completed_case(Operation operation, Format format, std::vector<double> logits, bool scaled, Random& random) {
  Case c;
  c.operation = operation;
  c.format = format;
  c.x = std::move(logits);
  const bool from_output = operation == Operation::softmax_backward_from_output;
  if (scaled && !from_output) c.scale = any_scale(format, random);
  if (from_output) c.x = output_of(c.x, format);
  if (takes_upstream_gradient(operation)) c.dy = gradient_of(random, format, c.x.size());
  if (operation == Operation::cross_entropy) {
    const std::size_t places[] = {0, c.x.size() - 1, random.below(c.x.size())};
    c.target = static_cast<std::int64_t>(places[random.below(3)]);
  }
  return c;
}

void fit(Case& c, const Subject& subject) {
  if (!subject.takes_scale && c.scale != 1) {
    for (double& value : c.x) value = round_to(c.format, c.scale * value);
    c.scale = 1;
    c.source.clear();
  }
  if (!subject.format_of_x) return;
  for (std::vector<double>* values : {&c.x, &c.dy, &c.with})
    for (double& value : *values) value = round_to(c.format, round_to(*subject.format_of_x, value));
}

} // namespace softmax_audit
