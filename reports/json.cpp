#include "reports/json.hpp"

#include "impl/text_from_outside.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace softmax_audit {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no infinities and no NaN: nlohmann-json would write null for them without a word.
Json number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}
double number_from(const Json& json) {
  if (json.is_number()) return json.get<double>();
  const auto text = json.get<std::string>();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  throw std::invalid_argument(fmt::format("\"{}\" stands where a number is due", excerpt(text)));
}
// nlohmann-json itself would make something of -1, 0.5 and 1e300.
template <class Integer> Integer whole(const Json& json) {
  if (json.is_number_unsigned() && std::in_range<Integer>(json.get<std::uint64_t>()))
    return static_cast<Integer>(json.get<std::uint64_t>());
  if (json.is_number_integer() && !json.is_number_unsigned() && std::in_range<Integer>(json.get<std::int64_t>()))
    return static_cast<Integer>(json.get<std::int64_t>());
  throw std::invalid_argument(fmt::format("{} stands where a whole number{} is due", excerpt(json.dump()),
                                          std::is_unsigned_v<Integer> ? " from 0 on" : ""));
}

Json to_json(const Witness& witness) {
  Json json{{"rows", witness.rows}, {"cols", witness.cols}, {"x", witness.x}};
  if (!witness.row.empty()) json["row"] = witness.row;
  json["scale"] = witness.scale;
  if (!witness.shift.empty()) json["shift"] = witness.shift;
  if (!witness.permutation.empty()) json["permutation"] = witness.permutation;
  if (!witness.dy.empty()) json["dy"] = witness.dy;
  if (witness.target) json["target"] = *witness.target;
  if (!witness.with.empty()) json["with"] = witness.with;
  if (witness.number) json["number"] = *witness.number;
  return json;
}
Witness witness_from(const Json& json) {
  Witness witness;
  witness.rows = whole<std::uint64_t>(json.at("rows"));
  witness.cols = whole<std::uint64_t>(json.at("cols"));
  witness.x = json.at("x").get<std::vector<std::string>>();
  witness.row = json.value("row", "");
  witness.scale = json.at("scale");
  witness.shift = json.value("shift", "");
  if (json.contains("permutation"))
    for (const Json& index : json["permutation"]) witness.permutation.push_back(whole<std::size_t>(index));
  witness.dy = json.value("dy", std::vector<std::string>{});
  if (json.contains("target")) witness.target = whole<std::int64_t>(json["target"]);
  witness.with = json.value("with", std::vector<std::string>{});
  if (json.contains("number")) witness.number = whole<std::uint64_t>(json["number"]);
  return witness;
}

Json to_json(const VerdictEntry& v) {
  Json json{{"property", v.property},
            {"statement", v.statement},
            {"source", v.source},
            {"implementation", v.implementation},
            {"subject_version", v.subject_version},
            {"instruction_set", v.instruction_set},
            {"operation", v.operation},
            {"format", v.format},
            {"outcome", v.outcome},
            {"measured", {{"low", number(v.measured_low)}, {"high", number(v.measured_high)}}},
            {"bound", number(v.bound)},
            {"unit", v.unit},
            {"basis", v.basis},
            {"because", v.because},
            {"claim", v.claim},
            {"declared_break", v.declared_break},
            {"cases", v.cases},
            {"seed", v.seed},
            {"witness", v.witness ? to_json(*v.witness) : Json()},
            {"at", v.at ? Json(*v.at) : Json()},
            {"want", v.want},
            {"got", v.got},
            {"shrunk_from", v.shrunk_from},
            {"rerun", v.rerun},
            {"incident", v.incident}};
  if (!v.means.empty()) json["means"] = v.means;
  if (v.isolation) json["isolation"] = true;
  if (v.shrinking_unfinished) json["shrinking_unfinished"] = true;
  if (!v.contract.empty()) json["contract"] = v.contract;
  if (v.bits_compared > 0) json["bits_compared"] = v.bits_compared;
  if (v.bits_differed > 0) json["bits_differed"] = v.bits_differed;
  return json;
}
VerdictEntry verdict_from(const Json& json) {
  VerdictEntry v;
  v.property = json.at("property");
  v.statement = json.value("statement", "");
  v.source = json.value("source", "");
  v.means = json.value("means", "");
  v.isolation = json.value("isolation", false);
  v.implementation = json.at("implementation");
  v.subject_version = json.at("subject_version");
  v.instruction_set = json.at("instruction_set");
  v.operation = json.at("operation");
  v.format = json.at("format");
  v.outcome = json.at("outcome");
  v.measured_low = number_from(json.at("measured").at("low"));
  v.measured_high = number_from(json.at("measured").at("high"));
  v.bound = number_from(json.at("bound"));
  v.unit = json.at("unit");
  v.basis = json.at("basis");
  v.because = json.value("because", "");
  v.claim = json.at("claim");
  v.declared_break = json.value("declared_break", "");
  v.cases = whole<std::uint64_t>(json.at("cases"));
  v.seed = whole<std::uint64_t>(json.at("seed"));
  if (const auto& witness = json.at("witness"); !witness.is_null()) v.witness = witness_from(witness);
  if (json.contains("at") && !json["at"].is_null()) v.at = whole<std::uint64_t>(json["at"]);
  v.want = json.value("want", "");
  v.got = json.value("got", "");
  v.shrunk_from = json.contains("shrunk_from") ? whole<std::uint64_t>(json["shrunk_from"]) : 0;
  v.shrinking_unfinished = json.value("shrinking_unfinished", false);
  v.rerun = json.at("rerun");
  v.incident = json.value("incident", "");
  v.contract = json.value("contract", "");
  v.bits_compared = json.contains("bits_compared") ? whole<std::uint64_t>(json["bits_compared"]) : 0;
  v.bits_differed = json.contains("bits_differed") ? whole<std::uint64_t>(json["bits_differed"]) : 0;
  return v;
}

// Buckets as [from, to, count]: there are thousands.
Json triples(const std::vector<AccuracyEntry::Bucket>& buckets) {
  Json json = Json::array();
  for (const auto& bucket : buckets) json.push_back({number(bucket.from), number(bucket.to), bucket.count});
  return json;
}
std::vector<AccuracyEntry::Bucket> buckets_from(const Json& json) {
  std::vector<AccuracyEntry::Bucket> buckets;
  for (const auto& triple : json)
    buckets.push_back({number_from(triple.at(0)), number_from(triple.at(1)), whole<std::uint64_t>(triple.at(2))});
  return buckets;
}

Json numbers(const std::vector<double>& values) {
  Json json = Json::array();
  for (const double value : values) json.push_back(number(value));
  return json;
}
std::vector<double> numbers_from(const Json& json) {
  std::vector<double> values;
  for (const auto& value : json) values.push_back(number_from(value));
  return values;
}

Json to_json(const AccuracyEntry& a) {
  Json density = Json::array();
  for (const auto& d : a.density) {
    density.push_back({{"from", number(d.from)},
                       {"to", number(d.to)},
                       {"errors", triples(d.errors)},
                       {"bounds", triples(d.bounds)},
                       {"largest_bound", number(d.largest_bound)}});
    if (d.not_a_number > 0) density.back()["not_a_number"] = d.not_a_number;
  }
  Json worst = Json::object();
  for (const auto& [metric, row] : a.worst)
    worst[metric] = {{"value", number(row.value)}, {"witness", to_json(row.witness)}, {"rerun", row.rerun}};
  Json histogram = Json::array();
  for (const auto& bucket : a.histogram)
    histogram.push_back({{"from", number(bucket.from)}, {"to", number(bucket.to)}, {"count", bucket.count}});
  const auto max_ulp = a.worst.find("max_ulp");
  return {{"implementation", a.implementation},
          {"subject_version", a.subject_version},
          {"instruction_set", a.instruction_set},
          {"operation", a.operation},
          {"format", a.format},
          {"length", a.length},
          {"regime", a.regime},
          {"cases", a.cases},
          {"elements", a.elements},
          {"max_ulp", number(a.max_ulp)},
          {"mean_ulp", number(a.mean_ulp)},
          {"signed_mean_ulp", number(a.signed_mean_ulp)},
          {"p99_ulp", number(a.p99_ulp)},
          {"misrounded", number(a.misrounded)},
          {"max_over_bound", number(a.max_over_bound)},
          {"norm_wise", number(a.norm_wise)},
          {"not_a_number", a.not_a_number},
          {"witness", max_ulp == a.worst.end() ? Json() : to_json(max_ulp->second.witness)},
          {"worst", worst},
          {"found_by", a.found_by},
          {"claim", a.claim},
          {"histogram", histogram},
          {"density", density}};
}
AccuracyEntry accuracy_from(const Json& json) {
  AccuracyEntry a;
  a.implementation = json.at("implementation");
  a.subject_version = json.value("subject_version", "");
  a.instruction_set = json.at("instruction_set");
  a.operation = json.at("operation");
  a.format = json.at("format");
  a.length = whole<std::uint64_t>(json.at("length"));
  a.regime = json.at("regime");
  a.cases = whole<std::uint64_t>(json.at("cases"));
  a.elements = whole<std::uint64_t>(json.at("elements"));
  a.max_ulp = number_from(json.at("max_ulp"));
  a.mean_ulp = number_from(json.at("mean_ulp"));
  a.signed_mean_ulp = number_from(json.at("signed_mean_ulp"));
  a.p99_ulp = number_from(json.at("p99_ulp"));
  a.misrounded = number_from(json.at("misrounded"));
  a.max_over_bound = number_from(json.at("max_over_bound"));
  a.norm_wise = number_from(json.at("norm_wise"));
  a.not_a_number = json.contains("not_a_number") ? whole<std::uint64_t>(json["not_a_number"]) : 0;
  a.found_by = json.at("found_by");
  a.claim = json.value("claim", "");
  const Json worst = json.value("worst", Json::object());
  for (const auto& [metric, row] : worst.items())
    a.worst[metric] = {number_from(row.at("value")), witness_from(row.at("witness")), row.at("rerun")};
  for (const auto& bucket : json.at("histogram"))
    a.histogram.push_back(
        {number_from(bucket.at("from")), number_from(bucket.at("to")), whole<std::uint64_t>(bucket.at("count"))});
  for (const auto& d : json.at("density"))
    a.density.push_back({number_from(d.at("from")), number_from(d.at("to")), buckets_from(d.at("errors")),
                         buckets_from(d.at("bounds")), number_from(d.at("largest_bound")),
                         d.contains("not_a_number") ? whole<std::uint64_t>(d["not_a_number"]) : 0});
  return a;
}

Json to_json(const StandingEntry& s) {
  Json json{{"implementation", s.implementation},
            {"subject_version", s.subject_version},
            {"instruction_set", s.instruction_set},
            {"operation", s.operation},
            {"format", s.format},
            {"claim", s.claim},
            {"strongest_claim", s.strongest_claim}};
  if (!s.profiles.empty()) json["profiles"] = s.profiles;
  if (!s.subnormals.empty()) json["subnormals"] = s.subnormals;
  for (const auto& c : s.contracts)
    json["contracts"].push_back(
        {{"name", c.name}, {"promised", c.promised}, {"compared", c.compared}, {"differed", c.differed}});
  return json;
}
StandingEntry standing_from(const Json& json) {
  StandingEntry s;
  s.implementation = json.at("implementation");
  s.subject_version = json.value("subject_version", "");
  s.instruction_set = json.at("instruction_set");
  s.operation = json.at("operation");
  s.format = json.at("format");
  s.claim = json.at("claim");
  s.strongest_claim = json.at("strongest_claim");
  s.profiles = json.value("profiles", std::vector<std::string>{});
  s.subnormals = json.value("subnormals", std::vector<std::string>{});
  for (const auto& c : json.value("contracts", Json::array()))
    s.contracts.push_back(
        {c.at("name"), c.at("promised"), whole<std::uint64_t>(c.at("compared")), whole<std::uint64_t>(c.at("differed"))});
  return s;
}

Json to_json(const FaultEntry& f) {
  Json kills = Json::array();
  for (const auto& kill : f.kills) kills.push_back({{"law", kill.law}, {"cases", kill.cases}});
  return {{"name", f.name},
          {"summary", f.summary},
          {"source", f.source},
          {"instruction_set", f.instruction_set},
          {"operations", f.operations},
          {"formats", f.formats},
          {"named_law", f.named_law},
          {"because", f.because},
          {"killed", f.killed},
          {"kills", kills},
          {"laws_tried", f.laws_tried}};
}
FaultEntry fault_from(const Json& json) {
  FaultEntry f;
  f.name = json.at("name");
  f.summary = json.at("summary");
  f.source = json.value("source", "");
  f.instruction_set = json.at("instruction_set");
  f.operations = json.at("operations").get<std::vector<std::string>>();
  f.formats = json.at("formats").get<std::vector<std::string>>();
  f.named_law = json.at("named_law");
  f.because = json.value("because", "");
  f.killed = json.at("killed");
  for (const auto& kill : json.at("kills")) f.kills.push_back({kill.at("law"), whole<std::uint64_t>(kill.at("cases"))});
  f.laws_tried = whole<std::uint64_t>(json.at("laws_tried"));
  return f;
}

Json to_json(const DetectionEntry& d) {
  return {{"claim", d.claim},         {"format", d.format},       {"pattern", d.pattern},   {"from_length", d.from_length},
          {"to_length", d.to_length}, {"contracts", d.contracts}, {"ulp", number(d.ulp)},   {"runs", d.runs},
          {"found", d.found},         {"low", number(d.low)},     {"high", number(d.high)}, {"effort", d.effort}};
}
DetectionEntry detection_from(const Json& json) {
  DetectionEntry d;
  d.claim = json.at("claim");
  d.format = json.at("format");
  d.pattern = json.at("pattern");
  d.from_length = whole<std::uint64_t>(json.at("from_length"));
  d.to_length = whole<std::uint64_t>(json.at("to_length"));
  d.contracts = json.at("contracts");
  d.ulp = number_from(json.at("ulp"));
  d.runs = whole<std::uint64_t>(json.at("runs"));
  d.found = whole<std::uint64_t>(json.at("found"));
  d.low = number_from(json.at("low"));
  d.high = number_from(json.at("high"));
  d.effort = json.value("effort", "");
  return d;
}

Json to_json(const SpeedEntry& s) {
  return {{"implementation", s.implementation},
          {"subject_version", s.subject_version},
          {"instruction_set", s.instruction_set},
          {"operation", s.operation},
          {"format", s.format},
          {"length", s.length},
          {"rows", s.rows},
          {"ns_per_element", number(s.ns_per_element)},
          {"memcpy_ns_per_element", number(s.memcpy_ns_per_element)},
          {"runs", s.runs}};
}
SpeedEntry speed_from(const Json& json) {
  SpeedEntry s;
  s.implementation = json.at("implementation");
  s.subject_version = json.value("subject_version", "");
  s.instruction_set = json.at("instruction_set");
  s.operation = json.at("operation");
  s.format = json.at("format");
  s.length = whole<std::uint64_t>(json.at("length"));
  s.rows = json.contains("rows") ? whole<std::uint64_t>(json["rows"]) : 0;
  s.ns_per_element = number_from(json.at("ns_per_element"));
  s.memcpy_ns_per_element = number_from(json.value("memcpy_ns_per_element", Json(0.0)));
  s.runs = json.contains("runs") ? whole<std::uint64_t>(json["runs"]) : 0;
  return s;
}

Json to_json(const FindingEntry& f) {
  return {{"title", f.title},       {"implementation", f.implementation},
          {"property", f.property}, {"operation", f.operation},
          {"format", f.format},     {"meaning", f.meaning},
          {"issue", f.issue},       {"program", f.program},
          {"output", f.output},     {"checked", f.checked}};
}
FindingEntry finding_from(const Json& json) {
  FindingEntry f;
  f.title = json.at("title");
  f.implementation = json.at("implementation");
  f.property = json.value("property", "");
  f.operation = json.value("operation", "");
  f.format = json.value("format", "");
  f.meaning = json.value("meaning", "");
  f.issue = json.value("issue", "");
  f.program = json.value("program", "");
  f.output = json.value("output", "");
  const Json checked = json.value("checked", Json(""));
  if (!checked.is_boolean())
    f.checked = checked.get<std::string>();
  else if (checked.get<bool>())
    f.checked = "by hand";
  return f;
}

Json to_json(const GateEntry& e) {
  Json json{{"kind", e.kind},
            {"outcome", e.outcome},
            {"metric", e.metric},
            {"implementation", e.implementation},
            {"subject_version", e.subject_version},
            {"instruction_set", e.instruction_set},
            {"operation", e.operation},
            {"format", e.format}};
  if (e.length > 0) json["length"] = e.length;
  if (!e.regime.empty()) json["regime"] = e.regime;
  json["measured"] = {{"low", number(e.measured_low)}, {"high", number(e.measured_high)}};
  json["limit"] = number(e.limit);
  json["unit"] = e.unit;
  json["basis"] = e.basis;
  if (!e.reason.empty()) json["reason"] = e.reason;
  json["sentence"] = e.sentence;
  json["file"] = e.file;
  if (e.line > 0) json["line"] = e.line;
  if (e.column > 0) json["column"] = e.column;
  if (!e.rerun.empty()) json["rerun"] = e.rerun;
  if (!e.row.empty()) json["row"] = e.row;
  return json;
}
GateEntry gate_entry_from(const Json& json) {
  GateEntry e;
  e.kind = json.at("kind");
  e.outcome = json.at("outcome");
  e.metric = json.at("metric");
  e.implementation = json.at("implementation");
  e.subject_version = json.value("subject_version", "");
  e.instruction_set = json.value("instruction_set", "");
  e.operation = json.value("operation", "");
  e.format = json.value("format", "");
  e.length = json.contains("length") ? whole<std::uint64_t>(json["length"]) : 0;
  e.regime = json.value("regime", "");
  e.measured_low = number_from(json.at("measured").at("low"));
  e.measured_high = number_from(json.at("measured").at("high"));
  e.limit = number_from(json.at("limit"));
  e.unit = json.value("unit", "");
  e.basis = json.value("basis", "");
  e.reason = json.value("reason", "");
  e.sentence = json.at("sentence");
  e.file = json.value("file", "");
  e.line = json.contains("line") ? whole<std::uint64_t>(json["line"]) : 0;
  e.column = json.contains("column") ? whole<std::uint64_t>(json["column"]) : 0;
  e.rerun = json.value("rerun", "");
  e.row = json.value("row", "");
  return e;
}

Json to_json(const Gate& gate) {
  Json entries = Json::array();
  for (const GateEntry& entry : gate.entries) entries.push_back(to_json(entry));
  return {{"file", gate.file},         {"baseline_file", gate.baseline_file}, {"baseline", gate.baseline},
          {"sentence", gate.sentence}, {"exit_code", gate.exit_code},         {"entries", entries}};
}
Gate gate_from(const Json& json) {
  Gate gate;
  gate.file = json.at("file");
  gate.baseline_file = json.value("baseline_file", "");
  gate.baseline = json.value("baseline", "");
  gate.sentence = json.at("sentence");
  gate.exit_code = whole<int>(json.at("exit_code"));
  for (const auto& entry : json.at("entries")) gate.entries.push_back(gate_entry_from(entry));
  return gate;
}

Json to_json(const CurveEntry& c) {
  Json points = Json::array();
  for (const auto& p : c.points)
    points.push_back({{"temperature", p.temperature},
                      {"exact", p.exact},
                      {"computed", p.computed},
                      {"ulp", numbers(p.ulp)},
                      {"bound", numbers(p.bound)}});
  Json json{{"implementation", c.implementation},
            {"subject_version", c.subject_version},
            {"instruction_set", c.instruction_set},
            {"operation", c.operation},
            {"format", c.format},
            {"logits", c.logits},
            {"asked_by", c.asked_by},
            {"points", points}};
  if (!c.incident.empty()) json["incident"] = c.incident;
  return json;
}
CurveEntry curve_from(const Json& json) {
  CurveEntry c;
  c.implementation = json.at("implementation");
  c.subject_version = json.value("subject_version", "");
  c.instruction_set = json.at("instruction_set");
  c.operation = json.at("operation");
  c.format = json.at("format");
  c.logits = json.at("logits").get<std::vector<std::string>>();
  c.asked_by = json.at("asked_by");
  for (const auto& p : json.at("points")) {
    CurveEntry::Point point{p.at("temperature"), p.at("exact").get<std::vector<double>>(),
                            p.at("computed").get<std::vector<std::string>>(), numbers_from(p.at("ulp")),
                            numbers_from(p.at("bound"))};
    for (const std::size_t size : {point.exact.size(), point.computed.size(), point.ulp.size(), point.bound.size()})
      if (size != c.logits.size())
        throw std::invalid_argument(fmt::format("a curve of {} logits has a point of {} values", c.logits.size(), size));
    c.points.push_back(std::move(point));
  }
  c.incident = json.value("incident", "");
  return c;
}

Json to_json(const SpecialValuesEntry& s) {
  Json rows = Json::array();
  for (const auto& row : s.rows) {
    Json demands = Json::array();
    for (const auto& d : row.demands) demands.push_back({{"profiles", d.profiles}, {"y", d.y}, {"met", d.met}});
    rows.push_back({{"name", row.name}, {"x", row.x}, {"y", row.y}, {"has_truth", row.has_truth}, {"demands", demands}});
    if (!row.incident.empty()) rows.back()["incident"] = row.incident;
  }
  return {{"implementation", s.implementation},
          {"subject_version", s.subject_version},
          {"instruction_set", s.instruction_set},
          {"operation", s.operation},
          {"format", s.format},
          {"profiles", s.profiles},
          {"rows", rows}};
}
SpecialValuesEntry special_values_from(const Json& json) {
  SpecialValuesEntry s;
  s.implementation = json.at("implementation");
  s.subject_version = json.value("subject_version", "");
  s.instruction_set = json.at("instruction_set");
  s.operation = json.at("operation");
  s.format = json.at("format");
  s.profiles = json.at("profiles").get<std::vector<std::string>>();
  for (const auto& r : json.at("rows")) {
    SpecialValuesEntry::Row row{r.at("name"),
                                r.at("x").get<std::vector<std::string>>(),
                                r.at("y").get<std::vector<std::string>>(),
                                r.value("incident", ""),
                                r.at("has_truth"),
                                {}};
    for (const auto& d : r.at("demands"))
      row.demands.push_back(
          {d.at("profiles").get<std::vector<std::string>>(), d.at("y").get<std::vector<std::string>>(), d.at("met")});
    s.rows.push_back(std::move(row));
  }
  return s;
}

Json to_json(const Comparison& c) {
  Json environment = Json::array(), verdicts = Json::array(), accuracy = Json::array(), alone = Json::array();
  for (const auto& d : c.environment) environment.push_back({{"what", d.what}, {"before", d.before}, {"after", d.after}});
  for (const auto& v : c.verdicts)
    verdicts.push_back({{"change", v.change},
                        {"property", v.property},
                        {"implementation", v.implementation},
                        {"instruction_set", v.instruction_set},
                        {"operation", v.operation},
                        {"format", v.format},
                        {"outcome", {{"before", v.outcome_before}, {"after", v.outcome_after}}},
                        {"measured", {{"before", number(v.measured_before)}, {"after", number(v.measured_after)}}},
                        {"bound", {{"before", number(v.bound_before)}, {"after", number(v.bound_after)}}},
                        {"unit", v.unit},
                        {"rerun", v.rerun}});
  for (const auto& a : c.accuracy) {
    Json metrics = Json::array();
    for (const auto& m : a.metrics)
      metrics.push_back({{"name", m.name}, {"before", number(m.before)}, {"after", number(m.after)}});
    accuracy.push_back({{"change", a.change},
                        {"implementation", a.implementation},
                        {"instruction_set", a.instruction_set},
                        {"operation", a.operation},
                        {"format", a.format},
                        {"length", a.length},
                        {"regime", a.regime},
                        {"metrics", metrics},
                        {"rerun", a.rerun}});
  }
  for (const auto& a : c.alone)
    alone.push_back({{"in", a.in},
                     {"implementation", a.implementation},
                     {"instruction_set", a.instruction_set},
                     {"operation", a.operation},
                     {"format", a.format},
                     {"verdicts", a.verdicts},
                     {"accuracy", a.accuracy}});
  return {{"before", c.before},
          {"after", c.after},
          {"sentence", c.sentence},
          {"same_rows", c.same_rows},
          {"environment", environment},
          {"verdicts", verdicts},
          {"verdicts_unchanged", c.verdicts_unchanged},
          {"accuracy", accuracy},
          {"accuracy_unchanged", c.accuracy_unchanged},
          {"alone", alone}};
}
Comparison comparison_from(const Json& json) {
  Comparison c;
  c.before = json.at("before");
  c.after = json.at("after");
  c.sentence = json.at("sentence");
  c.same_rows = json.at("same_rows");
  for (const auto& d : json.at("environment")) c.environment.push_back({d.at("what"), d.at("before"), d.at("after")});
  for (const auto& v : json.at("verdicts")) {
    const auto pair = [&v](const char* key) {
      return std::pair(number_from(v.at(key).at("before")), number_from(v.at(key).at("after")));
    };
    const auto [measured_before, measured_after] = pair("measured");
    const auto [bound_before, bound_after] = pair("bound");
    c.verdicts.push_back({v.at("change"), v.at("property"), v.at("implementation"), v.at("instruction_set"), v.at("operation"),
                          v.at("format"), v.at("outcome").at("before"), v.at("outcome").at("after"), measured_before,
                          measured_after, bound_before, bound_after, v.at("unit"), v.at("rerun")});
  }
  c.verdicts_unchanged = whole<std::uint64_t>(json.at("verdicts_unchanged"));
  for (const auto& a : json.at("accuracy")) {
    Comparison::Accuracy cell{a.at("change"),
                              a.at("implementation"),
                              a.at("instruction_set"),
                              a.at("operation"),
                              a.at("format"),
                              whole<std::uint64_t>(a.at("length")),
                              a.at("regime"),
                              {},
                              a.at("rerun")};
    for (const auto& m : a.at("metrics"))
      cell.metrics.push_back({m.at("name"), number_from(m.at("before")), number_from(m.at("after"))});
    c.accuracy.push_back(std::move(cell));
  }
  c.accuracy_unchanged = whole<std::uint64_t>(json.at("accuracy_unchanged"));
  for (const auto& a : json.at("alone"))
    c.alone.push_back({a.at("in"), a.at("implementation"), a.at("instruction_set"), a.at("operation"), a.at("format"),
                       whole<std::uint64_t>(a.at("verdicts")), whole<std::uint64_t>(a.at("accuracy"))});
  return c;
}

template <class Entry> Json array_of(const std::vector<Entry>& entries) {
  Json array = Json::array();
  for (const Entry& entry : entries) array.push_back(to_json(entry));
  return array;
}

} // namespace

Json to_json(const Report& report) {
  Json json{{"schema_version", schema_version},
            {"tool", {{"name", report.tool_name}, {"version", report.tool_version}, {"commit", report.tool_commit}}},
            {"environment", report.environment},
            {"implementations", report.implementations},
            {"verdicts", array_of(report.verdicts)},
            {"accuracy", array_of(report.accuracy)}};
  if (!report.standings.empty()) json["standings"] = array_of(report.standings);
  if (!report.faults.empty()) json["faults"] = array_of(report.faults);
  if (!report.detection.empty()) json["detection"] = array_of(report.detection);
  if (!report.speed.empty()) json["speed"] = array_of(report.speed);
  if (!report.findings.empty()) json["findings"] = array_of(report.findings);
  if (!report.curves.empty()) json["curves"] = array_of(report.curves);
  if (!report.special_values.empty()) json["special_values"] = array_of(report.special_values);
  if (report.comparison) json["comparison"] = to_json(*report.comparison);
  if (report.gate) json["gate"] = to_json(*report.gate);
  return json;
}

Report report_from_json(std::string_view text, std::string_view file) {
  try {
    if (is_nested_too_deep(text)) throw std::invalid_argument(fmt::format("it nests deeper than {} levels", deepest_json));
    const Json json = Json::parse(text);
    if (const int version = whole<int>(json.at("schema_version")); version != schema_version)
      throw std::invalid_argument(fmt::format("its schema_version is {}, this program reads {}", version, schema_version));
    Report report;
    // What was written down beside a run, findings and speed, may stand in a file of its own that says nothing about a run.
    const bool is_about_a_run = (!json.contains("findings") && !json.contains("speed")) || json.contains("verdicts");
    if (is_about_a_run || json.contains("tool")) {
      report.tool_name = json.at("tool").at("name");
      report.tool_version = json.at("tool").at("version");
      report.tool_commit = json.at("tool").at("commit");
    }
    if (is_about_a_run || json.contains("environment"))
      report.environment = json.at("environment").get<std::map<std::string, std::string>>();
    report.implementations = json.value("implementations", std::map<std::string, std::string>{});
    if (is_about_a_run) {
      for (const auto& verdict : json.at("verdicts")) report.verdicts.push_back(verdict_from(verdict));
      for (const auto& entry : json.at("accuracy")) report.accuracy.push_back(accuracy_from(entry));
    }
    // Reports from before these sections have none of them.
    for (const auto& entry : json.value("standings", Json::array())) report.standings.push_back(standing_from(entry));
    for (const auto& entry : json.value("faults", Json::array())) report.faults.push_back(fault_from(entry));
    for (const auto& entry : json.value("detection", Json::array())) report.detection.push_back(detection_from(entry));
    for (const auto& entry : json.value("speed", Json::array())) report.speed.push_back(speed_from(entry));
    for (const auto& entry : json.value("findings", Json::array())) report.findings.push_back(finding_from(entry));
    for (const auto& entry : json.value("curves", Json::array())) report.curves.push_back(curve_from(entry));
    for (const auto& entry : json.value("special_values", Json::array()))
      report.special_values.push_back(special_values_from(entry));
    if (json.contains("comparison")) report.comparison = comparison_from(json["comparison"]);
    if (json.contains("gate")) report.gate = gate_from(json["gate"]);
    return report;
  } catch (const std::exception& error) {
    throw std::invalid_argument(fmt::format("{}: not a report of softmax-audit: {}", file, complaint_about_json(error)));
  }
}

std::string complaint_about_json(const std::exception& error) {
  const std::string_view said = error.what();
  const std::size_t tag = said.starts_with("[json") ? said.find("] ") : std::string_view::npos;
  return excerpt(tag == std::string_view::npos ? said : said.substr(tag + 2), 400);
}

} // namespace softmax_audit
