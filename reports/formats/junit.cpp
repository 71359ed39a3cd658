// JUnit XML, in the part of it that every reader knows: no attribute and no element that the XML schema of Jenkins' xUnit plugin
// lacks. Nothing is known about times, hosts and dates of single entries, so that they are absent.
#include "reports/formats/text_parts.hpp"

#include <unordered_set>

namespace softmax_audit {
namespace {

using namespace judged;

// GitLab reads files up to 30 MB.
constexpr std::size_t most_bytes = 25'000'000, most_bytes_of_a_text = 20'000;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : clean(text, true)) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  return out;
}
std::string attribute(std::string_view text) {
  std::string out;
  // A line feed in an attribute is read as a space.
  for (const char c : escaped(text))
    out += c == '"' ? std::string("&quot;") : c == '\n' ? std::string("&#10;") : std::string(1, c);
  return out;
}

// What a reader counts a test as.
enum class Element { passed, failure, error, skipped };
Element element_of(std::string_view outcome) {
  // An error says that the question was not answered; a failure, that the answer is wrong.
  for (const std::string_view error : {"crashed", "timed_out", "undecided", "untested"})
    if (outcome == error) return Element::error;
  // As pytest tells of tests that are expected to fail.
  for (const std::string_view skipped : {"skipped", "missing", "inconclusive", "known_broken"})
    if (outcome == skipped) return Element::skipped;
  return fails(outcome) ? Element::failure : Element::passed;
}

struct Suite {
  std::string name{};
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  std::string cases{};
};

void put(Suite& suite, Element element, std::string_view text) {
  ++suite.tests;
  suite.failures += element == Element::failure;
  suite.errors += element == Element::error;
  suite.skipped += element == Element::skipped;
  suite.cases += text;
}

std::string test_case(const GateEntry& e, const VerdictEntry* verdict, const std::string& class_name, const std::string& name) {
  const std::string begin = fmt::format("    <testcase classname=\"{}\" name=\"{}\"", attribute(class_name), attribute(name));
  const std::string sentence = shortened(e.sentence.empty() ? e.outcome : e.sentence, 2000);
  const Element element = element_of(e.outcome);
  if (element == Element::passed) {
    if (!wants_a_look(e.outcome)) return begin + "/>\n";
    return fmt::format("{}>\n      <system-out>{}: {}</system-out>\n    </testcase>\n", begin, escaped(e.outcome),
                       escaped(sentence));
  }
  const std::string_view tag = element == Element::failure ? "failure" : element == Element::error ? "error" : "skipped";
  if (element == Element::skipped)
    return fmt::format("{}>\n      <skipped type=\"{}\" message=\"{}\"/>\n    </testcase>\n", begin, attribute(e.outcome),
                       attribute(sentence));
  return fmt::format("{}>\n      <{} type=\"{}\" message=\"{}\">{}</{}>\n    </testcase>\n", begin, tag, attribute(e.outcome),
                     attribute(sentence), escaped(shortened(gate_block(e, verdict), most_bytes_of_a_text)), tag);
}

// package.Class of Java, which readers cut at the last dot: a tree of operations, subjects, formats.
std::string class_name_of(const GateEntry& e) {
  std::string text;
  for (const std::string* part : {&e.operation, &e.implementation, &e.format, &e.instruction_set})
    if (!part->empty()) text += (text.empty() ? "" : ".") + *part;
  return text.empty() ? "gate" : text;
}

std::string write(const Report& report) {
  std::vector<GateEntry> storage;
  const std::span<const GateEntry> entries = entries_of(report, storage);
  const Evidence evidence = evidence_in(report);
  std::vector<Suite> suites;
  std::unordered_map<std::string, std::size_t> suite_order;
  for (const GateEntry& e : entries) {
    const std::string name = e.implementation.empty() ? "gate" : e.implementation;
    if (suite_order.try_emplace(name, suites.size()).second) suites.push_back({.name = name});
  }
  // Of two tests with one name GitLab reads the first only.
  std::unordered_set<std::string> names;
  std::unordered_map<std::string, std::size_t> numbers;
  std::size_t bytes = 0, left_out = 0;
  // What fails comes first, so that it is never what is left out.
  for (const bool failing : {true, false})
    for (const GateEntry& e : entries) {
      const Element element = element_of(e.outcome);
      if ((element == Element::failure || element == Element::error) != failing) continue;
      if (bytes > most_bytes) {
        ++left_out;
        continue;
      }
      const std::string class_name = clean(class_name_of(e)), demanded = clean(demand(e));
      std::string name = demanded;
      for (std::size_t& number = numbers[class_name + "\n" + demanded]; !names.insert(class_name + "\n" + name).second;)
        name = fmt::format("{} ({})", demanded, number = std::max<std::size_t>(number + 1, 2));
      const std::string text = test_case(e, verdict_behind(e, evidence), class_name, name);
      Suite& suite = suites[suite_order[e.implementation.empty() ? "gate" : e.implementation]];
      if (suite.tests == 0) bytes += suite.name.size() + 100; // its own tags
      bytes += text.size();
      put(suite, element, text);
    }
  if (left_out > 0) {
    Suite& suite = suites.emplace_back(Suite{.name = "left out"});
    put(suite, Element::skipped,
        fmt::format(
            "    <testcase classname=\"softmax-audit\" name=\"left out\">\n      <skipped message=\"{} are left out, because "
            "readers take files up to 30 MB; the JSON and the CSV have them\"/>\n    </testcase>\n",
            counted(left_out, "entry", "entries")));
  }
  Suite all;
  for (const Suite& suite : suites) {
    if (suite.tests == 0) continue;
    all.tests += suite.tests;
    all.failures += suite.failures;
    all.errors += suite.errors;
    all.cases += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}  </testsuite>\n",
        attribute(shortened(clean(suite.name), 200)), suite.tests, suite.failures, suite.errors, suite.skipped, suite.cases);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"softmax-audit\" tests=\"{}\" failures=\"{}\" "
      "errors=\"{}\">\n{}</testsuites>\n",
      all.tests, all.failures, all.errors, all.cases);
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat junit{
    .name = "junit",
    .summary = "JUnit XML for Jenkins, GitLab and GitHub actions: one test for each entry",
    .extension = "junit.xml",
    .write = &write,
};
} // namespace report_formats

} // namespace softmax_audit
