// GitLab's Code Quality report: one finding for each entry that fails or wants a look, at the line that demands it. GitLab
// compares fingerprints with the target branch, so that a merge request shows what it breaks and what it mends.
#include "reports/formats/places.hpp"

#include <nlohmann/json.hpp>

namespace softmax_audit {
namespace {

using namespace judged;
using Json = nlohmann::ordered_json;

constexpr std::size_t most_findings = 10'000, most_bytes_of_a_description = 2'000;
constexpr std::string_view severities[] = {"", "info", "minor", "major", "critical"};

int weight(std::string_view outcome) {
  if (outcome == "crashed" || outcome == "timed_out") return 4;
  if (outcome == "broken" || outcome == "regressed") return 3;
  if (fails(outcome) || outcome == "expired") return 2;
  return outcome != "new" && wants_a_look(outcome) ? 1 : 0;
}

std::string write(const Report& report) {
  std::vector<GateEntry> storage;
  const std::vector<const GateEntry*> findings = places::findings(entries_of(report, storage), weight);
  const std::size_t told = std::min(findings.size(), most_findings);
  Seen seen;
  Json all = Json::array();
  const auto add = [&](const std::string& description, const std::string& check, const std::string& print, int severity,
                       const std::string& path, std::uint64_t line) {
    all.push_back({{"description", description},
                   {"check_name", check},
                   {"fingerprint", print},
                   {"severity", severities[severity]},
                   {"location", {{"path", path}, {"lines", {{"begin", std::max<std::uint64_t>(line, 1)}}}}}});
  };
  for (std::size_t k = 0; k < told; ++k) {
    const GateEntry& e = *findings[k];
    const std::string description = fmt::format("{}: {}", subject(e), e.sentence.empty() ? e.outcome : e.sentence);
    add(shortened(clean(description), most_bytes_of_a_description), clean(e.metric), fingerprint(e, seen), weight(e.outcome),
        places::path_of(e, report), e.line);
  }
  if (told < findings.size())
    add(places::left_out_sentence(findings.size() - told), "left_out", "left_out", 2, places::path_of(*findings[told], report),
        1);
  std::string text = "[";
  for (std::size_t k = 0; k < all.size(); ++k)
    text += (k > 0 ? ",\n" : "\n") + all[k].dump(-1, ' ', false, Json::error_handler_t::replace);
  return text + "\n]\n";
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat gitlab_code_quality{
    .name = "gitlab-code-quality",
    .summary = "GitLab's Code Quality report: what a merge request breaks and mends",
    .extension = "code-quality.json",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
