#include "reports/gate/metrics.hpp"

#include "properties/property.hpp"

#include <algorithm>
#include <array>

namespace softmax_audit {
namespace {

using Kind = GateMetric::Kind;

// What gate.toml may name besides laws; README.md says what each is.
struct NamedMetric {
  std::string_view name;
  Kind kind;
  std::string_view unit;
  std::string_view law{}; // where the name is another word for one
};
constexpr NamedMetric metrics[] = {
    {"max_ulp", Kind::accuracy, "ulp"},
    {"p99_ulp", Kind::accuracy, "ulp"},
    {"mean_ulp", Kind::accuracy, "ulp"},
    {"signed_mean_ulp", Kind::accuracy, "ulp"},
    {"misrounded", Kind::accuracy, "share"},
    {"max_over_bound", Kind::accuracy, "times"},
    {"norm_wise", Kind::accuracy, "u"},
    {"sum_error", Kind::law, "u", "sums_to_one"},
    {"order", Kind::law, "ulp", "preserves_order"},
    {"contracts", Kind::contracts, "share"},
    {"special_values", Kind::special_values, ""},
    {"subnormals", Kind::subnormals, ""},
    {"memory", Kind::memory, "laws"},
    {"speed_ratio", Kind::speed_ratio, "times"},
};

constexpr std::array<std::string_view, 6> about_memory{"reads_only_its_inputs",   "writes_only_its_results",
                                                       "leaves_its_inputs_alone", "ignores_previous_results",
                                                       "needs_bounded_memory",    "needs_bounded_stack"};

} // namespace

std::optional<GateMetric> metric_named(std::string_view name) {
  const auto named = std::find_if(std::begin(metrics), std::end(metrics), [&](const NamedMetric& m) { return m.name == name; });
  GateMetric metric;
  metric.name = name;
  std::string_view law = name;
  if (named != std::end(metrics)) {
    metric.kind = named->kind;
    metric.unit = named->unit;
    if (named->law.empty()) return metric;
    law = named->law;
  }
  for (const Property* property : all_properties())
    if (property->name == law && !property->isolation) {
      metric.kind = Kind::law;
      metric.property = property;
      metric.unit = softmax_audit::name(property->unit);
      return metric;
    }
  return std::nullopt;
}

std::vector<std::string> metric_names_of_gates() {
  std::vector<std::string> names;
  for (const NamedMetric& metric : metrics) names.emplace_back(metric.name);
  for (const Property* property : all_properties())
    if (!property->isolation) names.emplace_back(property->name);
  return names;
}

bool is_about_memory(std::string_view property) {
  return std::find(about_memory.begin(), about_memory.end(), property) != about_memory.end();
}

} // namespace softmax_audit
