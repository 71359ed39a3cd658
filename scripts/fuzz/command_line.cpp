// The program's arguments, one a line, up to the command that they name; and its --row with what belongs to it, as a case of each operation
// and format. Rejected by exit code 2 with one line, or a case that can be judged.
#define main program_main // the program's own, with its commands replaced
#include "reports/cli/main.cpp"
#undef main

#include "reports/cli/judging.hpp"
#include "scripts/fuzz/fuzz.hpp"

#include <cmath>
#include <iostream>
#include <sstream>

namespace softmax_audit {
namespace {

std::size_t bytes_given = 0;

// Rows that a few characters ask for may be as long as the longest that is judged; here they are short.
bool is_long(const std::string& row) {
  std::size_t digits = 0, most = 0;
  for (const char c : row.substr(0, row.rfind(','))) most = std::max(most, digits = c >= '0' && c <= '9' ? digits + 1 : 0);
  return row.starts_with("generated:") && most > 4;
}

void require_case(const Case& c) {
  const auto is_value = [&](double value) { return std::isnan(value) || round_to(c.format, value) == value; };
  fuzz::require(!c.x.empty() && std::all_of(c.x.begin(), c.x.end(), is_value), "a row is not one of the format");
  fuzz::require(std::all_of(c.with.begin(), c.with.end(), is_value) && is_value(c.scale) && is_value(c.shift),
                "what goes with a row is not of the format");
  fuzz::require(c.dy.size() == (takes_upstream_gradient(c.operation) ? c.x.size() : 0), "gradients do not fit their row");
  fuzz::require(c.target >= 0 && static_cast<std::size_t>(c.target) < c.x.size(), "a target is not in its row");
  std::vector<std::size_t> sorted = c.permutation;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    fuzz::require(sorted[i] == i && sorted.size() == c.x.size(), "a permutation is none of its row");
}

// What every command stands for here.
int command(const Options& options) {
  fuzz::require(options.lengths.size() <= bytes_given, "there are more lengths than were given");
  if (options.row && is_long(*options.row)) return exit_all_hold;
  for (std::size_t k = 0; k < operation_names.size(); ++k)
    for (const Format format : formats) {
      try {
        if (const std::optional<Case> c = case_option(options, static_cast<Operation>(k), format)) require_case(*c);
      } catch (const UsageError& rejected) {
        fuzz::require_one_sentence(rejected.what());
      }
    }
  return exit_all_hold;
}

} // namespace

int list(const Options& options) { return command(options); }
int check(const Options& options) { return command(options); }
int measure(const Options& options) { return command(options); }
int explain(const Options& options) { return command(options); }
int report(const Options& options) { return command(options); }
int bench(const Options& options) { return command(options); }
int audit(const Options& options) { return command(options); }
int gate(const Options& options) { return command(options); }
int detection(const Options& options) { return command(options); }

namespace report_formats {
extern const ReportFormat json;
}
std::span<const ReportFormat* const> all_report_formats() {
  static constexpr const ReportFormat* one[] = {&report_formats::json};
  return one;
}

void fuzz::once(std::span<const std::uint8_t> bytes) {
  bytes_given = bytes.size();
  std::vector<std::string> words{"softmax-audit"};
  for (Taker taker(bytes); !taker.rest().empty();)
    words.emplace_back(std::string(taker.line()).c_str()); // ends at a zero, as arguments do
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  // Everything is told to the standard streams.
  char* told = nullptr;
  std::size_t size = 0;
  std::ostringstream help;
  FILE* const errors = stderr;
  std::streambuf* const output = std::cout.rdbuf(help.rdbuf());
  stderr = open_memstream(&told, &size);
  const int code = program_main(static_cast<int>(words.size()), pointers.data());
  std::fclose(stderr);
  stderr = errors;
  std::cout.rdbuf(output);
  const std::string sentence(told, size);
  std::free(told);
  require(code == exit_all_hold || code == exit_usage, "the command line has an exit code of its own");
  if (code != exit_usage) return;
  require(sentence.starts_with("softmax-audit: ") && sentence.ends_with('\n'), "a rejection does not say whose it is");
  require_one_sentence(std::string_view(sentence).substr(0, sentence.size() - 1));
}

} // namespace softmax_audit
