// SARIF 2.1.0: what fails and what wants a look, at the line of the gate's file that demands it; rules are laws and metrics.
#include "reports/formats/places.hpp"

#include <nlohmann/json.hpp>

namespace softmax_audit {
namespace {

using namespace judged;
using Json = nlohmann::ordered_json;

// GitHub refuses more in one run, and shows the first 5000.
constexpr std::size_t most_results = 25'000, most_bytes_of_a_message = 4'000;

// 3 error, 2 warning, 1 note, 0 no result.
int weight(std::string_view outcome) {
  if (fails(outcome)) return 3;
  for (const std::string_view warning : {"expired", "missing", "inconclusive"})
    if (outcome == warning) return 2;
  for (const std::string_view note : {"known_broken", "improved"})
    if (outcome == note) return 1;
  return 0;
}
constexpr std::string_view levels[] = {"none", "note", "warning", "error"};

struct MetricHelp {
  std::string_view name, summary;
};
constexpr MetricHelp metric_help[] = {
    {"max_ulp", "The largest error of an element, in units in the last place of the exact result."},
    {"mean_ulp", "The mean size of the error of an element, in units in the last place."},
    {"signed_mean_ulp", "The mean error of an element with its sign, in units in the last place: a bias where it is not 0."},
    {"p99_ulp", "The error in units in the last place that 99 of 100 elements do not exceed."},
    {"misrounded", "The share of elements that are not the correctly rounded result."},
    {"max_over_bound", "The largest error over the bound that is proved for the row."},
    {"norm_wise", "The largest error of a row over the unit roundoff times its largest result."},
    {"not_a_number", "Elements that are NaN where a number is due."},
    {"speed_ratio", "The time for an element over the time of copying it."},
    {"contracts", "The bitwise promises that are kept."},
};

Json text_of(std::string_view text) { return {{"text", clean(text, true)}}; }

Json rule_of(const GateEntry& e, const VerdictEntry* verdict) {
  const std::string name = clean(e.metric);
  Json rule{{"id", name}};
  if (verdict && !verdict->statement.empty()) {
    const std::string means = verdict->means.empty() ? "" : " " + verdict->means;
    rule["shortDescription"] = text_of(verdict->statement);
    rule["fullDescription"] = text_of(fmt::format("The law {}: {}.{}", name, verdict->statement, means));
    rule["help"] =
        text_of(fmt::format("The law {} says: {}.{} The bound and its proof are in {} of softmax-audit. The command in "
                            "the message shows the row again.",
                            name, verdict->statement, means, verdict->source));
    return rule;
  }
  const auto known =
      std::find_if(std::begin(metric_help), std::end(metric_help), [&](const MetricHelp& m) { return m.name == e.metric; });
  const std::string summary = known != std::end(metric_help) ? std::string(known->summary)
                              : e.kind == "law"              ? fmt::format("The law {}.", name)
                                                             : fmt::format("The metric {}.", name);
  rule["shortDescription"] = text_of(summary);
  rule["fullDescription"] = text_of(summary);
  rule["help"] =
      text_of(summary + " The line that is shown demands it; change the code, or the line and its reason. The command in "
                        "the message shows the row again.");
  return rule;
}

std::string message_of(const GateEntry& e, const VerdictEntry* verdict) {
  std::string text = fmt::format("{}: {}", subject(e), e.sentence.empty() ? e.outcome : e.sentence);
  if (verdict && tells_by_incident(*verdict))
    text += "\n" + verdict->incident;
  else if (is_measured(e))
    text += fmt::format("\nmeasured {}, limit {}", measured(e), limit(e));
  if (!e.reason.empty()) text += "\nreason: " + e.reason;
  if (!e.rerun.empty()) text += "\nrerun: " + e.rerun;
  // Where this stands, viewers see a link.
  for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at)) text.insert(at + 1, 1, ' ');
  return shortened(clean(text, true), most_bytes_of_a_message);
}

Json location_of(const GateEntry& e, const Report& report) {
  const std::string path = places::path_of(e, report);
  Json artifact{{"uri", places::uri(path)}};
  if (!path.starts_with('/')) artifact["uriBaseId"] = "%SRCROOT%";
  Json region{{"startLine", std::max<std::uint64_t>(e.line, 1)}};
  if (e.line > 0 && e.column > 0) region["startColumn"] = e.column;
  Json location{{"physicalLocation", {{"artifactLocation", artifact}, {"region", region}}}};
  location["logicalLocations"] = Json::array({{{"fullyQualifiedName", clean(subject(e))}, {"kind", "function"}}});
  return location;
}

std::string write(const Report& report) {
  std::vector<GateEntry> storage;
  const std::span<const GateEntry> entries = entries_of(report, storage);
  const Evidence evidence = evidence_in(report);
  Json rules = Json::array(), results = Json::array();
  std::unordered_map<std::string, std::size_t> rule_order;
  Seen seen;
  const std::vector<const GateEntry*> findings = places::findings(entries, weight);
  const std::size_t told = std::min(findings.size(), most_results);
  for (std::size_t k = 0; k < told; ++k) {
    const GateEntry& e = *findings[k];
    const auto [rule, is_new] = rule_order.try_emplace(clean(e.metric), rules.size());
    const VerdictEntry* verdict = verdict_behind(e, evidence);
    if (is_new) rules.push_back(rule_of(e, verdict));
    // GitHub looks at the first name only; without it, it takes the line's text, which many results of a gate share.
    const std::string print = fingerprint(e, seen);
    Json properties{{"kind", clean(e.kind)}, {"outcome", clean(e.outcome)}, {"subject", clean(subject(e))}};
    if (!rows(e).empty()) properties["rows"] = clean(rows(e));
    if (!e.row.empty()) properties["row"] = shortened(clean(e.row), most_bytes_of_a_message);
    results.push_back({{"ruleId", rule->first},
                       {"ruleIndex", rule->second},
                       {"level", levels[weight(e.outcome)]},
                       {"message", {{"text", message_of(e, verdict)}}},
                       {"locations", Json::array({location_of(e, report)})},
                       {"partialFingerprints", {{"primaryLocationLineHash", print}, {"softmaxAuditEntry/v1", print}}},
                       {"properties", properties}});
  }
  // Did the run work? That what is judged is wrong is no failure of the run.
  Json invocation{{"executionSuccessful", !report.gate || (report.gate->exit_code != 2 && report.gate->exit_code != 4)}};
  if (report.gate) invocation["exitCode"] = report.gate->exit_code;
  Json notes = Json::array();
  if (!report.gate && !results.empty())
    notes.push_back(
        {{"level", "note"},
         {"message", text_of("There is no gate in this report, so no line of a file demands anything: results stand at "
                             "the name of their subject. softmax-audit gate gives them lines.")}});
  if (told < findings.size())
    notes.push_back({{"level", "warning"}, {"message", text_of(places::left_out_sentence(findings.size() - told))}});
  if (!notes.empty()) invocation["toolExecutionNotifications"] = notes;
  Json driver{{"name", "softmax-audit"}};
  if (!report.tool_version.empty()) driver["version"] = clean(report.tool_version);
  driver["rules"] = rules;
  const Json all{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", Json::array({{{"tool", {{"driver", driver}}},
                             {"automationDetails", {{"id", "softmax-audit/"}}},
                             {"originalUriBaseIds", {{"%SRCROOT%", {{"description", text_of("the root of the repository")}}}}},
                             {"invocations", Json::array({invocation})},
                             {"results", results}}})}};
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat sarif{
    .name = "sarif",
    .summary = "SARIF 2.1.0 for code scanning: what fails, at the line of the gate's file that demands it",
    .extension = "sarif",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
