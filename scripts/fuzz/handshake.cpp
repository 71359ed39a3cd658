// The first line of a worker: rejected in one sentence, or a handshake whose names can be shown and whose offers are each of them once.
#include "impl/foreign/answers.hpp"
#include "impl/text_from_outside.hpp"
#include "scripts/fuzz/fuzz.hpp"

#include <algorithm>

namespace softmax_audit {

void fuzz::once(std::span<const std::uint8_t> bytes) {
  const std::string_view line = text_of(bytes).substr(0, longest_line);
  const MemoryLimit limit((std::size_t{1} << 18) + 256 * bytes.size());
  Handshake handshake;
  try {
    if (!accepted([&] { handshake = handshake_from(line); })) return;
  } catch (const Reported& error) { // the worker's own words
    require(printable(error.what()) == error.what(), "a worker's words cannot be shown");
    return;
  }
  require_one_sentence(handshake.name);
  for (const std::string& text : {handshake.version, handshake.instruction_set})
    if (!text.empty()) require_one_sentence(text);
  require(!handshake.offers.empty() && handshake.offers.size() <= operation_names.size() * formats.size(),
          "a handshake offers nothing, or something twice");
  for (const Offer& offer : handshake.offers)
    require(std::count(handshake.offers.begin(), handshake.offers.end(), offer) == 1, "a handshake offers something twice");
}

} // namespace softmax_audit
