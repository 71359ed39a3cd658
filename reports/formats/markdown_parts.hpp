// Text in GitHub's Markdown, for pages that have a largest size. Names may be anything: they stand in code, where nothing is a
// link, a mention or a tag.
#pragma once

#include "reports/formats/text_parts.hpp"

namespace softmax_audit::markdown_parts {

using namespace judged;

// A reader needs no more of one cell; the JSON has it.
inline constexpr std::size_t most_bytes_of_a_name = 200, most_bytes_of_a_sentence = 1000, most_bytes_of_a_block = 6000;

// Prose on one line, in a table or out of it.
inline std::string prose(std::string_view given, std::size_t bytes = most_bytes_of_a_sentence) {
  std::string text = shortened(clean(given), bytes);
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  const auto is_word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // At the beginning of a line these make headings and lists.
    if (i == 0 && std::string_view("#-+=").find(c) != std::string_view::npos) out += '\\';
    const bool word_before = i > 0 && is_word(text[i - 1]), word_after = i + 1 < text.size() && is_word(text[i + 1]);
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      // Between letters it means nothing, and is_accurate stays readable.
      case '_': out += word_before && word_after ? "_" : "\\_"; break;
      case '\\':
      case '`':
      case '*':
      case '[':
      case ']':
      case '|':
      case '~':
      case '$': out += std::string("\\") + c; break;
      // A zero-width space: nobody is mentioned, and no other thread gets a reference.
      case '@':
      case '#': out += c + std::string(word_after ? "&#8203;" : ""); break;
      default: out += c;
    }
  }
  return out;
}

// A name or a command as it stands.
inline std::string code(std::string_view given, std::size_t bytes = most_bytes_of_a_name) {
  const std::string text = shortened(clean(given), bytes);
  if (text.empty()) return "";
  if (text.find_first_of("`|\\") == std::string::npos && text.front() != ' ' && text.back() != ' ') return "`" + text + "`";
  std::string out;
  for (const char c : text)
    out += std::string_view("&<>`|*_[]~\\$!#").find(c) != std::string_view::npos ? fmt::format("&#{};", static_cast<int>(c))
                                                                                 : std::string(1, c);
  return "<code>" + out + "</code>";
}

// Lines as they stand, in a fence that is longer than any in them.
inline std::string fenced(std::string_view given, std::size_t bytes = most_bytes_of_a_block) {
  const std::string text = shortened(clean(given, true), bytes);
  std::size_t longest = 2, run = 0;
  for (const char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  const std::string fence(longest + 1, '`');
  return fmt::format("{}text\n{}{}{}\n", fence, text, text.ends_with('\n') ? "" : "\n", fence);
}

// A text that grows up to a size. A piece that does not fit is not written.
struct Page {
  std::size_t most_bytes;
  std::string text;
};
inline bool put(Page& page, std::string_view piece, std::size_t keep_free = 0) {
  if (page.text.size() + piece.size() + keep_free > page.most_bytes) return false;
  page.text += piece;
  return true;
}

inline std::string table_row(const std::vector<std::string>& cells) { return fmt::format("| {} |\n", fmt::join(cells, " | ")); }
inline std::string table_header(const std::vector<std::string>& cells) {
  return table_row(cells) + table_row(std::vector<std::string>(cells.size(), "---"));
}

inline std::string failing_header() { return table_header({"outcome", "what", "subject", "measured", "limit", "demanded"}); }
inline std::string failing_row(const GateEntry& e, const VerdictEntry* verdict) {
  const std::string of_rows = rows(e);
  const bool is_incident = verdict && tells_by_incident(*verdict);
  return table_row({prose(e.outcome),
                    code(e.kind == "law" ? e.metric : e.kind + " " + e.metric) + (of_rows.empty() ? "" : ", " + code(of_rows)),
                    code(subject(e)), is_incident ? prose(verdict->incident, 200) : prose(measured(e), 80),
                    !has_limit(e, verdict) ? "" : prose(limit(e), 60) + (e.basis.empty() ? "" : ", " + prose(e.basis, 40)),
                    code(place(e))});
}
// Why, and what to do: with the block to unfold.
inline std::string failing_details(const GateEntry& e, const VerdictEntry* verdict) {
  return fmt::format("**{}** {}: {}\n\n<details><summary>figures, row, command</summary>\n\n{}\n</details>\n\n",
                     prose(demand(e), most_bytes_of_a_name), code(subject(e)),
                     prose(e.sentence.empty() ? e.outcome : e.sentence), fenced(gate_block(e, verdict)));
}

inline std::string changed_header() { return table_header({"outcome", "what", "subject", "why"}); }
inline std::string changed_row(const GateEntry& e) {
  return table_row({prose(e.outcome), code(demand(e)), code(subject(e)), prose(e.sentence, 400)});
}

inline std::string accuracy_header() {
  return table_header(
      {"subject", "rows", "largest error, ulp", "99th percentile", "over its bound", "misrounded", "largest at"});
}
inline std::string accuracy_row(const SubjectAccuracy& s) {
  return table_row({code(subject(s)), s.is_real ? "real" : "generated", figure(s.max_ulp), figure(s.p99_ulp),
                    figure(s.max_over_bound), fmt::format("{:.1f} %", 100 * s.misrounded),
                    code(fmt::format("{}, n = {}", s.worst->regime, s.worst->length))});
}

// Rows of a table as long as they fit; the number of those that do not.
template <class Rows, class Row>
std::size_t put_table(Page& page, std::string_view header, const Rows& all, Row row, std::size_t keep_free) {
  if (all.empty() || !put(page, header, keep_free)) return all.size();
  std::size_t told = 0;
  for (; told < all.size(); ++told)
    if (!put(page, row(all[told]), keep_free)) break;
  put(page, "\n");
  return all.size() - told;
}

inline std::vector<const GateEntry*> entries_that(std::span<const GateEntry> entries, bool (*wanted)(std::string_view)) {
  std::vector<const GateEntry*> found;
  for (const GateEntry& e : entries)
    if (wanted(e.outcome)) found.push_back(&e);
  return found;
}

// Where it came from, on one line.
inline std::string provenance(const Report& report) {
  std::string text = fmt::format("softmax-audit {}", prose(report.tool_version, 60));
  if (!report.tool_commit.empty()) text += fmt::format(" ({})", prose(report.tool_commit, 60));
  if (report.gate && !report.gate->file.empty()) text += ", gate " + code(report.gate->file);
  if (report.gate && !report.gate->baseline_file.empty())
    text += fmt::format(", baseline {}: {}", code(report.gate->baseline_file), prose(report.gate->baseline, 60));
  for (const char* key : {"cpu", "seed", "effort"})
    if (const auto found = report.environment.find(key); found != report.environment.end())
      text += fmt::format(", {} {}", key, prose(found->second, 100));
  return text + "\n";
}

inline std::string counts_line(std::span<const GateEntry> entries) {
  std::string text;
  for (const Count& c : counts(entries))
    if (c.entries > 0 && text.size() < most_bytes_of_a_sentence)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", c.entries, prose(c.outcome, 40));
  return text.empty() ? "" : text + ".\n";
}

} // namespace softmax_audit::markdown_parts
