// Reports from outside: read, or rejected in one sentence.
#include "reports/json.hpp"
#include "scripts/catch.hpp"

#include <algorithm>
#include <stdexcept>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string rejection(const std::string& text) {
  try {
    report_from_json(text, "r.json");
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

// A report of one fault; `cases` is the text of a number.
std::string report_with(const std::string& cases) {
  return R"({"schema_version": 1, "tool": {"name": "", "version": "", "commit": ""}, "environment": {}, "verdicts": [],
             "accuracy": [], "faults": [{"name": "f", "summary": "", "instruction_set": "", "operations": [], "formats": [],
             "named_law": "", "killed": true, "kills": [], "laws_tried": )" +
         cases + "}]}";
}

} // namespace

TEST_CASE("json / a count is a whole number that is not negative") {
  CHECK(report_from_json(report_with("40"), "r.json").faults.at(0).laws_tried == 40);
  for (const char* const wrong : {"-1", "0.5", "1e300", "1e2", "18446744073709551616", "\"40\"", "null", "[]"}) {
    INFO(wrong);
    CHECK_THAT(rejection(report_with(wrong)), ContainsSubstring("is due"));
  }
}

TEST_CASE("json / what nests without end is rejected, not followed") {
  CHECK_THAT(rejection(R"({"schema_version": 1, "standings": )" + std::string(200000, '[') + std::string(200000, ']') + "}"),
             ContainsSubstring("deeper than"));
}

TEST_CASE("json / what is wrong is told in one line") {
  for (const std::string& text :
       {std::string("not\nJSON\x1b"), std::string("{\"schema_version\": \"\n\"}"), std::string("{\"schema_version\": \xff}"),
        std::string(100000, 'x'), report_with("\"a\\nb\"")}) {
    const std::string sentence = rejection(text);
    INFO(sentence);
    CHECK_THAT(sentence, ContainsSubstring("r.json: not a report"));
    CHECK(sentence.size() < 600);
    CHECK(std::all_of(sentence.begin(), sentence.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20; }));
  }
}
