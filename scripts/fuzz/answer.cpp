// What a worker answers to one call, as it comes in piece by piece. The first two bytes say what is expected. Nobody waits for more than the
// longest answer that there can be; what is complete is rejected in one sentence, or an answer of the size that is due.
#include "impl/foreign/answers.hpp"
#include "impl/text_from_outside.hpp"
#include "scripts/fuzz/fuzz.hpp"

namespace softmax_audit {

void fuzz::once(std::span<const std::uint8_t> bytes) {
  Taker taker(bytes);
  const std::uint8_t kind = taker.byte();
  const Expected expected{1, std::size_t{taker.byte()} * ((kind & 4) != 0 ? 64 : 1), (kind & 1) != 0, (kind & 2) != 0};
  const std::string_view stream = taker.rest();
  const MemoryLimit limit((std::size_t{1} << 16) + 4 * bytes.size());
  const std::size_t longest = sizeof(FrameHeader) + expected.result_bytes + sizeof(WireObservations) + longest_text;
  const std::size_t piece = 1 + kind / 8; // bytes that come at once
  for (std::size_t received = 0;; received = std::min(received + piece, stream.size())) {
    const std::string_view so_far = stream.substr(0, received);
    if (received == 0 || !is_complete(so_far, expected)) {
      require(received < longest, "more is waited for than any answer has");
      if (received == stream.size()) return; // the process ends, or is late
      continue;
    }
    AnswerFrame answer;
    if (!accepted([&] { answer = answer_from(so_far, expected); })) return;
    require(printable(answer.text) == answer.text && answer.text.size() <= longest_text, "a text cannot be shown");
    if (answer.kind == FrameKind::result)
      require(answer.results.size() == (expected.shared ? 0 : expected.result_bytes), "an answer has another size than is due");
    else
      require(answer.kind == FrameKind::refused || answer.kind == FrameKind::error, "an answer is none");
    return;
  }
}

} // namespace softmax_audit
