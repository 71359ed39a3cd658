// What github-action-benchmark reads as customSmallerIsBetter, so that errors get a history: [{name, unit, value, extra}].
#include "reports/formats/judged.hpp"

#include <nlohmann/json.hpp>

namespace softmax_audit {
namespace {

using namespace judged;
using Json = nlohmann::ordered_json;

std::string write(const Report& report) {
  Json all = Json::array();
  std::unordered_map<std::string, std::size_t> seen;
  // Its graphs are by name: one name, one graph. And it knows no infinities.
  const auto add = [&](const std::string& given, std::string_view unit, double value, const std::string& extra) {
    if (!std::isfinite(value)) return;
    std::string name = clean(given);
    if (const std::size_t before = seen[name]++; before > 0) name += fmt::format(" ({})", before + 1);
    Json json{{"name", name}, {"unit", unit}, {"value", value}};
    if (!extra.empty()) json["extra"] = clean(extra, true);
    all.push_back(std::move(json));
  };
  for (const SubjectAccuracy& s : accuracy_of_subjects(report)) {
    const std::string name = subject(s) + (s.is_real ? ", real rows" : "");
    const std::string where = fmt::format("largest at {}, n = {}\n{} elements", s.worst->regime, s.worst->length, s.elements);
    const auto worst = s.worst->worst.find("max_ulp");
    add(name + ": largest error", "ulp", s.max_ulp, worst == s.worst->worst.end() ? where : where + "\n" + worst->second.rerun);
    add(name + ": largest error over bound", "times", s.max_over_bound, "");
    add(name + ": 99th percentile of the error", "ulp", s.p99_ulp, "");
    add(name + ": misrounded", "%", 100 * s.misrounded, "");
  }
  // In the order of the verdicts; 0 is worth a graph, too.
  std::vector<std::pair<std::string, std::size_t>> broken;
  std::unordered_map<std::string, std::size_t> order;
  for (const VerdictEntry& v : report.verdicts) {
    if (order.try_emplace(subject(v), broken.size()).second) broken.emplace_back(subject(v), 0);
    broken[order[subject(v)]].second += v.outcome == "broken";
  }
  for (const auto& [name, count] : broken) add(name + ": broken laws", "laws", static_cast<double>(count), "");
  for (const SpeedEntry& s : report.speed)
    add(fmt::format("{}, n = {}: time", subject(s), s.length), "ns/element", s.ns_per_element,
        s.memcpy_ns_per_element > 0 ? fmt::format("memcpy {} ns/element", figure(s.memcpy_ns_per_element)) : "");
  // One entry a line, so that differences are readable.
  std::string text = "[";
  for (std::size_t k = 0; k < all.size(); ++k)
    text += (k > 0 ? ",\n" : "\n") + all[k].dump(-1, ' ', false, Json::error_handler_t::replace);
  return text + "\n]\n";
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat github_benchmark{
    .name = "github-benchmark",
    .summary = "customSmallerIsBetter of github-action-benchmark: errors, broken laws and times, for a history",
    .extension = "benchmark.json",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
