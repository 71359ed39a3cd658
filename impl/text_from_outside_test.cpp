// What others wrote, where it is quoted: one line, well-formed, and not without end.
#include "impl/claim.hpp"
#include "impl/foreign/call_signature.hpp"
#include "impl/text_from_outside.hpp"
#include "scripts/catch.hpp"

#include <stdexcept>

using namespace softmax_audit;

namespace {

template <class Parse> std::string rejection(Parse&& parse) {
  try {
    parse();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

void is_one_line(const std::string& sentence) {
  INFO(sentence);
  CHECK(sentence != "accepted");
  CHECK(sentence.size() < 500);
  CHECK(excerpt(sentence, 1000) == sentence);
}

} // namespace

TEST_CASE("text from outside / an excerpt is one printable line") {
  CHECK(excerpt("plain") == "plain");
  CHECK(excerpt("a\nb\tc\x1b[31m") == "a\\nb\\tc?[31m");
  CHECK(excerpt("caf\xc3\xa9") == "caf\xc3\xa9");
  CHECK(excerpt("caf\xe9") == "caf?");
  CHECK(excerpt(std::string(100, 'x')) == std::string(80, 'x') + "...");
  // What is shown is limited, not what it was made from; no character is cut in two.
  CHECK(excerpt("\n\t\n", 4) == "\\n\\t...");
  CHECK(excerpt("caf\xc3\xa9", 4) == "caf...");
  CHECK(excerpt("caf\xc3\xa9", 5) == "caf\xc3\xa9");
  CHECK(excerpt({}).empty());
  CHECK(printable("a\nb\x01") == "a\nb?");
}

TEST_CASE("text from outside / depth counts what is open, and not what stands in a text") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(!is_nested_too_deep(nested(deepest_json)));
  CHECK(is_nested_too_deep(nested(deepest_json + 1)));
  std::string side_by_side = "[";
  for (int k = 0; k < 1000; ++k) side_by_side += "{},";
  CHECK(!is_nested_too_deep(side_by_side));
  CHECK(!is_nested_too_deep('"' + nested(1000) + '"'));
  CHECK(!is_nested_too_deep("\"\\\"" + nested(1000) + '"'));
  CHECK(is_nested_too_deep("\"\"" + nested(1000)));
}

TEST_CASE("text from outside / claims and calls quote no more than a line of it") {
  for (const std::string& part : {std::string("\x1b[31m\n"), std::string(100000, 'x'), std::string("\xff\xfe")}) {
    is_one_line(rejection([&] { claim_from(part + "=1"); }));
    is_one_line(rejection([&] { claim_from(part); }));
    is_one_line(rejection([&] { claim_from("sum=" + part); }));
    is_one_line(rejection([&] { call_from("void(const f32* " + part); }));
    is_one_line(rejection([&] { call_from(part); }));
  }
}
