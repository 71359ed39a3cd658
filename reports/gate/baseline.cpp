#include "reports/gate/baseline.hpp"

#include "impl/text_from_outside.hpp"
#include "properties/inputs/values.hpp"
#include "reports/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <stdexcept>

namespace softmax_audit {
namespace {

using Json = nlohmann::ordered_json;

constexpr int baseline_version = 1;

double figure_from(const std::string& text) {
  double value = -1;
  try {
    value = value_from(Format::f64, text, "figure");
  } catch (const std::invalid_argument&) {
  }
  if (std::isnan(value) || std::signbit(value) || (std::isinf(value) && text != "inf"))
    throw std::invalid_argument(fmt::format("\"{}\" is not a figure: expected a hexfloat from 0 on, or inf", excerpt(text)));
  return value;
}

std::string member(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) throw std::invalid_argument(fmt::format("an entry has no text \"{}\"", key));
  return found->get<std::string>();
}

} // namespace

Baseline baseline_from(std::string_view text, std::string_view file) {
  try {
    if (is_nested_too_deep(text)) throw std::invalid_argument(fmt::format("it nests deeper than {} levels", deepest_json));
    const Json json = Json::parse(text);
    if (!json.is_object() || !json.contains("baseline_version") || !json["baseline_version"].is_number_integer() ||
        !json.contains("entries") || !json["entries"].is_array())
      throw std::invalid_argument("expected \"baseline_version\" and \"entries\"");
    if (const auto version = json["baseline_version"].get<std::int64_t>(); version != baseline_version)
      throw std::invalid_argument(fmt::format("its baseline_version is {}, this program reads {}", version, baseline_version));
    Baseline baseline;
    for (const Json& entry : json["entries"]) {
      if (!entry.is_object()) throw std::invalid_argument("an entry is not an object");
      const BaselineKey key{member(entry, "subject"), member(entry, "build"),  member(entry, "instruction_set"),
                            member(entry, "machine"), member(entry, "corpus"), member(entry, "tool_version")};
      BaselineEntry& read = baseline[key];
      if (!read.figures.empty())
        throw std::invalid_argument(fmt::format("it has two entries for {} on one machine", key.subject));
      read.subject_version = member(entry, "subject_version");
      const auto figures = entry.find("figures");
      if (figures == entry.end() || !figures->is_object())
        throw std::invalid_argument(fmt::format("the entry of {} has no \"figures\"", key.subject));
      for (const auto& [name, value] : figures->items()) {
        if (!value.is_string()) throw std::invalid_argument(fmt::format("{} is not a text", excerpt(name)));
        read.figures[name].value = figure_from(value.get<std::string>());
      }
      const auto allowed = entry.find("allowed");
      if (allowed == entry.end()) continue;
      if (!allowed->is_object()) throw std::invalid_argument("\"allowed\" is not an object");
      for (const auto& [name, reason] : allowed->items()) {
        const auto figure = read.figures.find(name);
        if (figure == read.figures.end() || !reason.is_string())
          throw std::invalid_argument(fmt::format("\"allowed\" names {}, which is no figure", excerpt(name)));
        figure->second.reason = reason.get<std::string>();
      }
    }
    return baseline;
  } catch (const std::exception& error) {
    throw std::invalid_argument(fmt::format("{}: not a baseline of softmax-audit: {}", file, complaint_about_json(error)));
  }
}

std::string text_of(const Baseline& baseline) {
  Json entries = Json::array();
  for (const auto& [key, entry] : baseline) {
    Json figures = Json::object(), allowed = Json::object();
    for (const auto& [name, figure] : entry.figures) {
      figures[name] = hexfloat(figure.value);
      if (!figure.reason.empty()) allowed[name] = figure.reason;
    }
    Json json{{"subject", key.subject},
              {"build", key.build},
              {"instruction_set", key.instruction_set},
              {"machine", key.machine},
              {"corpus", key.corpus},
              {"tool_version", key.tool_version},
              {"subject_version", entry.subject_version},
              {"figures", std::move(figures)}};
    if (!allowed.empty()) json["allowed"] = std::move(allowed);
    entries.push_back(std::move(json));
  }
  return Json{{"baseline_version", baseline_version}, {"entries", std::move(entries)}}.dump(1, ' ', false,
                                                                                            Json::error_handler_t::replace) +
         "\n";
}

std::map<std::string, double> figures_of(const Report& report, std::string_view implementation,
                                         std::string_view instruction_set) {
  std::map<std::string, double> figures;
  const auto worst_if_none = [](double value) { return std::isnan(value) ? HUGE_VAL : value; };
  for (const AccuracyEntry& a : report.accuracy) {
    if (a.implementation != implementation || a.instruction_set != instruction_set) continue;
    const std::string cell = fmt::format("{}/{}/{}/{}/", a.operation, a.format, a.length, a.regime);
    figures[cell + "max_ulp"] = worst_if_none(a.max_ulp);
    figures[cell + "p99_ulp"] = worst_if_none(a.p99_ulp);
    figures[cell + "mean_ulp"] = worst_if_none(a.mean_ulp);
    figures[cell + "misrounded"] = worst_if_none(a.misrounded);
    figures[cell + "max_over_bound"] = worst_if_none(a.max_over_bound);
    figures[cell + "norm_wise"] = worst_if_none(a.norm_wise);
  }
  for (const VerdictEntry& v : report.verdicts)
    if (v.implementation == implementation && v.instruction_set == instruction_set && !v.contract.empty() &&
        v.bits_compared > 0)
      figures[fmt::format("{}/{}/contracts/{}", v.operation, v.format, v.contract)] =
          static_cast<double>(v.bits_differed) / static_cast<double>(v.bits_compared);
  return figures;
}

std::vector<FigureChange> changes(const BaselineEntry& before, const std::map<std::string, double>& now) {
  std::vector<FigureChange> all;
  for (const auto& [name, value] : now) {
    const auto old = before.figures.find(name);
    if (old == before.figures.end())
      all.push_back({name, "new", 0, value});
    else if (value != old->second.value)
      all.push_back({name, value < old->second.value ? "improved" : "regressed", old->second.value, value});
  }
  for (const auto& [name, old] : before.figures)
    if (!now.contains(name)) all.push_back({name, "missing", old.value, 0});
  return all;
}

BaselineEntry updated(BaselineEntry before, const std::map<std::string, double>& now, const std::string& reason) {
  for (const auto& [name, value] : now) {
    const auto old = before.figures.find(name);
    if (old == before.figures.end() || value < old->second.value)
      before.figures[name] = {value};
    else if (value > old->second.value && !reason.empty())
      before.figures[name] = {value, reason};
  }
  return before;
}

} // namespace softmax_audit
