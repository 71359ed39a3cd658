// A comment on a pull request, below GitHub's 65,536 characters: the verdict, what fails and what changed; the rest unfolds.
#include "reports/formats/markdown_parts.hpp"

namespace softmax_audit {
namespace {

using namespace markdown_parts;

// Bytes are never fewer than characters.
constexpr std::size_t most_bytes_of_a_comment = 65'535;
constexpr std::size_t for_the_last_sentence = 1000, for_changes = 12'000, for_accuracy = 8'000, most_blocks = 10;

std::string write(const Report& report) {
  std::vector<GateEntry> storage;
  const std::span<const GateEntry> entries = entries_of(report, storage);
  const Evidence evidence = evidence_in(report);
  const auto failing = entries_that(entries, &fails), changed = entries_that(entries, &wants_a_look);
  const std::vector<SubjectAccuracy> subjects = accuracy_of_subjects(report);
  Page page{.most_bytes = most_bytes_of_a_comment, .text = {}};
  // By the first line whoever posts it finds the comment of the last time, to write over it.
  put(page, fmt::format("<!-- softmax-audit -->\n### softmax-audit: {}\n\n{}\n\n", headline(report, entries),
                        prose(verdict_sentence(report, entries), 2000)));
  const auto failing_row_of = [&](const GateEntry* e) { return failing_row(*e, verdict_behind(*e, evidence)); };
  std::size_t left_out = 0;
  if (!failing.empty()) {
    left_out += put_table(page, failing_header(), failing, failing_row_of, most_bytes_of_a_comment / 2);
    for (std::size_t k = 0; k < std::min(failing.size(), most_blocks); ++k)
      if (!put(page, failing_details(*failing[k], verdict_behind(*failing[k], evidence)), for_changes + for_accuracy)) break;
  }
  const std::string_view end = "</details>\n\n";
  if (!changed.empty()) {
    put(page, fmt::format("<details><summary>{} and {} a look</summary>\n\n", counted(changed.size(), "passes", "pass"),
                          changed.size() == 1 ? "wants" : "want"));
    left_out += put_table(
        page, changed_header(), changed, [](const GateEntry* e) { return changed_row(*e); }, for_accuracy);
    put(page, end);
  }
  if (!subjects.empty()) {
    put(page, "<details><summary>Largest errors</summary>\n\n", for_the_last_sentence);
    left_out += put_table(page, accuracy_header(), subjects, &accuracy_row, 2 * for_the_last_sentence + end.size());
    put(page, end);
  }
  if (left_out > 0)
    put(page,
        fmt::format("**{} left out**, because a comment may have no more than 65,536 characters; the report that the run keeps "
                    "has them.\n\n",
                    counted(left_out, "line is", "lines are")));
  put(page, fmt::format("<sub>{} {}</sub>\n", counts_line(entries), provenance(report)));
  return page.text;
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat comment{
    .name = "comment",
    .summary = "a comment for a pull request, below 65,536 characters: verdict first, the rest unfolds",
    .extension = "comment.md",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
