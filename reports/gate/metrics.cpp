#include "reports/gate/metrics.hpp"

#include "properties/property.hpp"

#include <algorithm>
#include <array>

namespace softmax_audit {
namespace {

using Kind = GateMetric::Kind;

constexpr NamedMetric metrics[] = {
    {"max_ulp", Kind::accuracy, "ulp", "", "the largest error of an element"},
    {"p99_ulp", Kind::accuracy, "ulp", "", "the error that 99 % of the elements stay within"},
    {"mean_ulp", Kind::accuracy, "ulp", "", "the mean size of the errors"},
    {"signed_mean_ulp", Kind::accuracy, "ulp", "", "the size of the mean error: how biased the results are"},
    {"misrounded", Kind::accuracy, "share", "", "the share of elements that are not correctly rounded"},
    {"max_over_bound", Kind::accuracy, "times", "", "the largest error over its proved bound"},
    {"norm_wise", Kind::accuracy, "u", "", "the largest error of a row over its largest element"},
    {"sum_error", Kind::law, "u", "sums_to_one", "how far a row's exact sum is from one"},
    {"order", Kind::law, "ulp", "preserves_order", "by how much a smaller logit got the larger result"},
    {"contracts", Kind::contracts, "share", "", "bitwise promises that hold on every row"},
    {"special_values", Kind::special_values, "", "", "profiles of special values, one of which is met"},
    {"subnormals", Kind::subnormals, "", "", "gradual or flushed: what happens below the normal range"},
    {"memory", Kind::memory, "laws", "", "how many laws about memory are broken"},
    {"speed_ratio", Kind::speed_ratio, "times", "", "how many times as long as memcpy, or as another implementation"},
};

constexpr std::array<std::string_view, 6> about_memory{"reads_only_its_inputs",   "writes_only_its_results",
                                                       "leaves_its_inputs_alone", "ignores_previous_results",
                                                       "needs_bounded_memory",    "needs_bounded_stack"};

} // namespace

std::span<const NamedMetric> named_metrics() { return metrics; }

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
