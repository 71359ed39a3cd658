// What a worker says, whatever it is: a handshake and an answer, or one sentence.
#include "impl/foreign/answers.hpp"
#include "impl/text_from_outside.hpp"
#include "scripts/catch.hpp"

#include <cstring>
#include <stdexcept>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string handshake_with(const std::string& more) {
  return R"({"softmax_audit": 1, "version": "1", "operations": ["softmax"], "formats": ["f32"])" + more + "}";
}

template <class Parse> std::string rejection(Parse&& parse) {
  try {
    parse();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

std::string frame(FrameKind kind, std::uint64_t payload_bytes, const std::string& payload) {
  FrameHeader header;
  header.kind = kind;
  header.sequence = 7;
  header.payload_bytes = payload_bytes;
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) + payload;
}

} // namespace

TEST_CASE("answers / a name is one line, and there is one") {
  CHECK(handshake_from(handshake_with(R"(, "name": "a\nb\u001b[1m")")).name == "a\\nb?[1m");
  CHECK(handshake_from(handshake_with(", \"name\": \"" + std::string(5000, 'n') + '"')).name.size() < 300);
  CHECK_THAT(rejection([] { handshake_from(handshake_with(R"(, "name": "")")); }), ContainsSubstring("\"name\""));
}

TEST_CASE("answers / a handshake that nests without end is rejected, not followed") {
  const std::string deep = std::string(30000, '[') + std::string(30000, ']');
  CHECK_THAT(rejection([&] { handshake_from("{\"softmax_audit\": " + deep + "}"); }), ContainsSubstring("deeper than"));
  CHECK_THAT(rejection([&] { handshake_from(handshake_with(", \"name\": \"n\", \"offers\": " + deep)); }),
             ContainsSubstring("deeper than"));
}

TEST_CASE("answers / nobody waits for what cannot come") {
  const Expected expected{7, 8, false, false};
  CHECK(is_complete(frame(FrameKind::result, 8, "12345678"), expected));
  CHECK(!is_complete(frame(FrameKind::result, 8, "1234567"), expected));
  for (const FrameKind kind : {FrameKind::result, FrameKind::refused, FrameKind::error}) {
    const std::string claims = frame(kind, std::uint64_t{1} << 40, "");
    CHECK(is_complete(claims, expected));
    CHECK_THAT(rejection([&] { answer_from(claims, expected); }), ContainsSubstring("1099511627776 bytes"));
  }
  const Expected observed{7, 0, true, false};
  WireObservations seen;
  seen.text_bytes = ~std::uint64_t{0};
  const std::string endless = frame(FrameKind::result, 0, {reinterpret_cast<const char*>(&seen), sizeof seen});
  CHECK(!is_complete(endless, observed));
  CHECK(is_complete(endless + std::string(longest_text, 'x'), observed));
}

TEST_CASE("answers / results and texts are where they belong") {
  const AnswerFrame result = answer_from(frame(FrameKind::result, 8, "12345678"), {7, 8, false, false});
  CHECK(result.results.size() == 8);
  CHECK(result.text.empty());
  CHECK(answer_from(frame(FrameKind::error, 3, "a\x1b\n"), {7, 8, false, false}).text == "a?\n");
  CHECK(rejection([] {
          answer_from(frame(FrameKind::result, 8, "123456789"), {7, 8, false, false});
        }) == "sent 1 bytes after the end of its answer");
  CHECK_THAT(rejection([] {
               answer_from(frame(FrameKind::result, 8, "12345678"), {8, 8, false, false});
             }),
             ContainsSubstring("call 7"));
}
