// A page in GitHub's Markdown, below the 1 MiB that a step summary may have, whatever the report holds.
#include "reports/formats/markdown_parts.hpp"

namespace softmax_audit {
namespace {

using namespace markdown_parts;

constexpr std::size_t most_bytes_of_a_summary = (1u << 20) - 1;
constexpr std::size_t for_the_last_sentence = 600, most_blocks = 50;

std::string write(const Report& report) {
  std::vector<GateEntry> storage;
  const std::span<const GateEntry> entries = entries_of(report, storage);
  const Evidence evidence = evidence_in(report);
  const auto failing = entries_that(entries, &fails), changed = entries_that(entries, &wants_a_look);
  const std::vector<SubjectAccuracy> subjects = accuracy_of_subjects(report);
  Page page{.most_bytes = most_bytes_of_a_summary, .text = {}};
  put(page,
      fmt::format("## softmax-audit: {}\n\n{}\n\n", headline(report, entries), prose(verdict_sentence(report, entries), 4000)));
  // What comes later keeps a share of the room, however much fails.
  constexpr std::size_t for_later = 1u << 18;
  const auto failing_row_of = [&](const GateEntry* e) { return failing_row(*e, verdict_behind(*e, evidence)); };
  std::size_t left_out = 0;
  if (!failing.empty()) {
    put(page, fmt::format("### What fails: {}\n\n", failing.size()));
    // At most half: the blocks say more than a thousandth line of a table.
    left_out += put_table(page, failing_header(), failing, failing_row_of, most_bytes_of_a_summary / 2);
    for (std::size_t k = 0; k < std::min(failing.size(), most_blocks); ++k)
      if (!put(page, failing_details(*failing[k], verdict_behind(*failing[k], evidence)), for_later)) break;
  }
  if (!changed.empty()) {
    put(page, fmt::format("### What passes and wants a look: {}\n\n", changed.size()));
    left_out += put_table(
        page, changed_header(), changed, [](const GateEntry* e) { return changed_row(*e); }, for_later / 2);
  }
  if (report.gate) put(page, prose(gate_counts(entries)) + "\n\n", for_the_last_sentence);
  if (!subjects.empty()) {
    put(page, "### Largest errors\n\n", for_the_last_sentence);
    left_out += put_table(page, accuracy_header(), subjects, &accuracy_row, 2 * for_the_last_sentence + 1000);
  }
  if (left_out > 0)
    put(page, fmt::format("**{} left out**, because such a page may have no more than 1 MiB. The JSON report has everything: "
                          "`softmax-audit report RESULT.json --html FILE` makes a page of it, `--csv FILE` a table.\n\n",
                          counted(left_out, "line is", "lines are")));
  put(page, provenance(report));
  return page.text;
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat markdown{
    .name = "markdown",
    .summary = "a page for a GitHub step summary, below 1 MiB: verdict, what fails, what changed, largest errors",
    .extension = "md",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
