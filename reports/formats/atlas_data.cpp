// The atlas as data: the records from which the page is made, by reports/atlas/schema.json.
#include "reports/formats/atlas_issue.hpp"
#include "reports/formats/atlas_records.hpp"

#include <nlohmann/json.hpp>

namespace softmax_audit {
namespace {

using Json = nlohmann::ordered_json;
using namespace atlas;

constexpr int atlas_version = 1;

// Six digits say all that a measured error has to say, and keep the file small. JSON has neither infinities nor NaN.
Json number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
}

// What all reruns of a record begin with, so that each figure need not repeat it.
std::string explanation_of(const Record& record) {
  for (const LengthFigures& at : record.lengths) {
    const std::string ending = fmt::format(" --row \"{}\"", at.row);
    if (!at.rerun.empty() && at.rerun.ends_with(ending)) return at.rerun.substr(0, at.rerun.size() - ending.size());
  }
  return "";
}

void put_row(Json& json, std::string_view name, const std::string& row, const std::string& rerun, const std::string& explain) {
  if (row.empty()) return;
  json[std::string(name)] = row;
  if (!rerun.empty() && (explain.empty() || rerun != fmt::format("{} --row \"{}\"", explain, row)))
    json[fmt::format("{}_rerun", name)] = rerun;
}

Json to_json(const LengthFigures& at, const std::string& explain) {
  Json json{{"length", at.length}, {"max_ulp", number(at.max_ulp)}};
  put_row(json, "row", at.row, at.rerun, explain);
  json["found_by"] = at.found_by;
  json["max_over_bound"] = number(at.max_over_bound);
  if (at.over_bound_row != at.row) put_row(json, "over_bound_row", at.over_bound_row, at.over_bound_rerun, explain);
  json["mean_ulp"] = number(at.mean_ulp);
  json["misrounded"] = number(at.misrounded);
  json["elements"] = at.elements;
  if (at.not_a_number > 0) json["not_a_number"] = at.not_a_number;
  return json;
}

// One law on one record: what it did, and how to see it again.
Json to_json(const VerdictEntry& v) {
  Json json{{"law", v.property}, {"outcome", v.outcome}};
  if (is_incident(v)) {
    json["incident"] = v.incident;
  } else {
    json["measured"] = number(v.measured_low);
    json["bound"] = number(v.bound);
    json["unit"] = v.unit;
    json["basis"] = v.basis;
    if (!v.because.empty()) json["because"] = v.because;
    if (!v.incident.empty()) json["incident"] = v.incident;
  }
  if (v.witness) {
    // The whole row stands in the rerun line; one of many elements is not repeated.
    json["cols"] = v.witness->cols;
    if (const std::string row = row_text(*v.witness); v.witness->x.size() <= longest_in_issue) json["row"] = row;
  }
  if (v.at) json["at"] = *v.at;
  if (!v.want.empty()) json["want"] = v.want;
  if (!v.got.empty()) json["got"] = v.got;
  if (!v.declared_break.empty()) json["declared_break"] = v.declared_break;
  if (!v.rerun.empty()) json["rerun"] = v.rerun;
  return json;
}

Json array_of(const std::vector<const VerdictEntry*>& verdicts) {
  Json array = Json::array();
  for (const VerdictEntry* verdict : verdicts) array.push_back(to_json(*verdict));
  return array;
}

// What is broken stands under "broken" with everything that was found out.
Json outcomes_of(const std::vector<const VerdictEntry*>& verdicts) {
  Json json = Json::object();
  for (const VerdictEntry* verdict : verdicts) json[verdict->outcome].push_back(verdict->property);
  return json;
}

Json to_json(const Record& record) {
  Json json{{"library", library_of(record.implementation)},
            {"implementation", record.implementation},
            {"version", record.version},
            {"instruction_set", record.instruction_set},
            {"operation", record.operation},
            {"format", record.format},
            {"claim", record.claim}};
  if (record.standing) {
    json["strongest_claim"] = record.standing->strongest_claim;
    json["profiles"] = record.standing->profiles;
    json["subnormals"] = record.standing->subnormals;
    Json contracts = Json::array();
    for (const auto& contract : record.standing->contracts)
      contracts.push_back({{"name", contract.name},
                           {"promised", contract.promised},
                           {"compared", contract.compared},
                           {"differed", contract.differed}});
    json["contracts"] = contracts;
  }
  json["laws"] = {
      {"held", record.held}, {"broken", record.broken.size()}, {"undecided", record.undecided}, {"vacuous", record.vacuous}};
  json["keeps_proved_bounds"] = record.keeps_proved_bounds();
  const std::string explain = explanation_of(record);
  if (!explain.empty()) json["explain"] = explain;
  json["lengths"] = Json::array();
  for (const LengthFigures& at : record.lengths) json["lengths"].push_back(to_json(at, explain));
  if (record.sum) {
    json["sum_error"] = {{"u", number(record.sum->measured_high)}, {"bound", number(record.sum->bound)}};
    if (!record.sum->rerun.empty()) json["sum_error"]["rerun"] = record.sum->rerun;
  }
  if (!record.broken.empty()) json["broken"] = array_of(record.broken);
  if (!record.conventions.empty()) json["conventions"] = array_of(record.conventions);
  if (!record.isolation.empty()) json["isolation"] = outcomes_of(record.isolation);
  if (!record.floating_point.empty()) json["floating_point"] = outcomes_of(record.floating_point);
  for (const SpeedEntry* speed : record.speeds)
    json["speed"].push_back({{"length", speed->length},
                             {"rows", speed->rows},
                             {"ns_per_element", number(speed->ns_per_element)},
                             {"memcpy_ns_per_element", number(speed->memcpy_ns_per_element)},
                             {"runs", speed->runs}});
  return json;
}

Json to_json(const Break& b, const Report& report) {
  Json places = Json::array();
  for (const VerdictEntry* place : b.places)
    places.push_back(
        {{"implementation", place->implementation}, {"instruction_set", place->instruction_set}, {"format", place->format}});
  return {{"title", issue_title(b)},
          {"library", b.library},
          {"version", b.version},
          {"operation", b.operation},
          {"law", b.property},
          {"means", meaning_of(b)},
          {"places", places},
          {"checked", b.finding ? b.finding->checked : ""},
          {"issue", issue_text(b, report)}};
}

// One record, one finding a line: a difference between two atlases shows them.
std::string write(const Report& report) {
  const Atlas all = atlas_of(report);
  Json laws = Json::object();
  for (const auto& [name, verdict] : all.laws)
    laws[name] = {{"statement", verdict->statement},
                  {"source", verdict->source},
                  {"means", verdict->means},
                  {"isolation", verdict->isolation}};
  const auto dumped = [](const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); };
  std::string text = fmt::format(
      "{{\n\"atlas_version\": {},\n\"tool\": {},\n\"environment\": {},\n\"laws\": {},\n\"records\": [", atlas_version,
      dumped({{"name", report.tool_name}, {"version", report.tool_version}, {"commit", report.tool_commit}}),
      dumped(report.environment), dumped(laws));
  std::string_view separator = "\n";
  for (const Library& library : all.libraries)
    for (const std::size_t k : library.records) {
      text += separator;
      text += dumped(to_json(all.records[k]));
      separator = ",\n";
    }
  text += "\n],\n\"findings\": [";
  separator = "\n";
  const auto put = [&](const Json& json) {
    text += separator;
    text += dumped(json);
    separator = ",\n";
  };
  for (const Library& library : all.libraries) {
    for (const std::size_t k : library.breaks) put(to_json(all.breaks[k], report));
    for (const FindingEntry* finding : library.findings)
      put({{"title", finding->title},
           {"library", library_of(finding->implementation)},
           {"version", ""},
           {"operation", finding->operation},
           {"law", finding->property},
           {"means", finding->meaning},
           {"places", Json::array()},
           {"checked", finding->checked},
           {"issue", finding->issue}});
  }
  return text + "\n]\n}\n";
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat atlas_data{
    .name = "atlas-data",
    .summary = "the atlas as data: one record for each implementation, operation and format, by reports/atlas/schema.json",
    .extension = "atlas.json",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
