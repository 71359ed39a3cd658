#include "impl/foreign/answers.hpp"

#include "impl/text_from_outside.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace softmax_audit {
namespace {

// --- The handshake ---------------------------------------------------------------------------------------------------

using Json = nlohmann::json;

Json object_from(std::string_view line) {
  if (is_nested_too_deep(line))
    throw std::invalid_argument(fmt::format("its first line nests deeper than {} levels", deepest_json));
  Json parsed = Json::parse(line, nullptr, false);
  // A file name in an error need not be UTF-8.
  if (parsed.is_discarded()) parsed = Json::parse(printable(line), nullptr, false);
  if (!parsed.is_object() || !parsed.contains("softmax_audit"))
    throw std::invalid_argument(fmt::format("its first line is not {{\"softmax_audit\": 1, ...}} but \"{}\"", excerpt(line)));
  return parsed;
}

std::string string_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string())
    throw std::invalid_argument(fmt::format("its handshake has no text \"{}\"", key));
  return found->get<std::string>();
}

// A name stands in tables and in sentences.
std::string shown(const std::string& text) { return excerpt(text, 200); }

std::vector<std::string> strings_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  const auto is_string = [](const Json& element) { return element.is_string(); };
  if (found == object.end() || !found->is_array() || !std::all_of(found->begin(), found->end(), is_string))
    throw std::invalid_argument(fmt::format("its handshake has no list of texts \"{}\"", key));
  return found->get<std::vector<std::string>>();
}

Format format_from(const std::string& text) {
  if (const auto format = format_named(text)) return *format;
  throw std::invalid_argument(
      fmt::format("its handshake names the format \"{}\", which is none of f16, bf16, f32, f64", excerpt(text)));
}

Operation operation_from(const std::string& text) {
  const auto found = std::ranges::find(operation_names, text);
  if (found != operation_names.end()) return static_cast<Operation>(found - operation_names.begin());
  throw std::invalid_argument(fmt::format("its handshake names the operation \"{}\", which is none of {}", excerpt(text),
                                          fmt::join(operation_names, ", ")));
}

// Each once, in the order in which the worker names them.
template <class Value> void add_once(std::vector<Value>& values, Value value) {
  if (std::ranges::find(values, value) == values.end()) values.push_back(value);
}

bool truth_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return false;
  if (!found->is_boolean()) throw std::invalid_argument(fmt::format("\"{}\" in its handshake is neither true nor false", key));
  return found->get<bool>();
}

// A worker of a later version may have more.
void add_named(Abilities& abilities, const std::string& text) {
  const auto found = std::ranges::find(ability_names, text);
  if (found != ability_names.end()) abilities.add(static_cast<Ability>(found - ability_names.begin()));
}

// Where not every operation comes in every format: [["softmax", "f32"], ...].
std::vector<Offer> offers_in(const Json& list, const std::vector<Offer>& possible) {
  std::vector<Offer> offers;
  for (const Json& pair : list.is_array() ? list : Json::array()) {
    const bool has_abilities = pair.is_array() && pair.size() == 3 && pair[2].is_array();
    if (!pair.is_array() || (pair.size() != 2 && !has_abilities) || !pair[0].is_string() || !pair[1].is_string()) {
      offers.clear();
      break;
    }
    Offer offer{operation_from(pair[0].get<std::string>()), format_from(pair[1].get<std::string>())};
    for (const Json& ability : has_abilities ? pair[2] : Json::array())
      if (ability.is_string()) add_named(offer.abilities, ability.get<std::string>());
    if (std::ranges::find(possible, offer) == possible.end())
      throw std::invalid_argument(
          fmt::format("its handshake offers {} in {} but does not name both", name(offer.operation), name(offer.format)));
    add_once(offers, offer);
  }
  if (offers.empty())
    throw std::invalid_argument("\"offers\" in its handshake is not a list of pairs like [\"softmax\", \"f32\"]");
  return offers;
}

// --- Frames ----------------------------------------------------------------------------------------------------------

FrameHeader header_in(std::string_view bytes) {
  FrameHeader header;
  std::memcpy(static_cast<void*>(&header), bytes.data(), sizeof header);
  return header;
}

// What is wrong with the header; nothing when the payload may be waited for.
std::optional<std::string> complaint_about(const FrameHeader& header, const Expected& expected) {
  if (header.kind != FrameKind::result && header.kind != FrameKind::refused && header.kind != FrameKind::error)
    return fmt::format("sent a frame of kind {}, which is no answer", static_cast<std::uint32_t>(header.kind));
  if (header.sequence != expected.sequence)
    return fmt::format("answered call {} when asked call {}", header.sequence, expected.sequence);
  if (header.kind == FrameKind::result && header.payload_bytes != expected.result_bytes)
    return fmt::format("answered with {} bytes where {} are due", header.payload_bytes, expected.result_bytes);
  if (header.kind != FrameKind::result && header.payload_bytes > longest_text)
    return fmt::format("announced a text of {} bytes", header.payload_bytes);
  return std::nullopt;
}

bool begins_like_a_frame(std::string_view bytes) {
  return std::memcmp(bytes.data(), &frame_magic, std::min(bytes.size(), sizeof frame_magic)) == 0;
}

// Of the frame that begins there, as far as its beginning tells: it grows while more of it comes. Requires a header.
std::size_t frame_bytes(std::string_view bytes, const Expected& expected) {
  const FrameHeader header = header_in(bytes);
  if (header.kind != FrameKind::result) return sizeof header + header.payload_bytes;
  const std::size_t observations_at = sizeof header + (expected.shared ? 0 : header.payload_bytes);
  if (!expected.observed) return observations_at;
  WireObservations seen;
  if (bytes.size() < observations_at + sizeof seen) return observations_at + sizeof seen;
  std::memcpy(static_cast<void*>(&seen), bytes.data() + observations_at, sizeof seen);
  return observations_at + sizeof seen + std::min<std::size_t>(seen.text_bytes, longest_text);
}

} // namespace

Handshake handshake_from(std::string_view line) {
  const Json object = object_from(line);
  if (const auto error = object.find("error"); error != object.end())
    throw Reported(error->is_string() ? printable(error->get<std::string>()) : "worker: it reports an error without a text");
  if (object["softmax_audit"] != protocol_version)
    throw std::invalid_argument(fmt::format("it speaks version {} of the protocol, not version {}",
                                            excerpt(object["softmax_audit"].dump()), protocol_version));
  Handshake handshake;
  handshake.name = shown(string_in(object, "name"));
  if (handshake.name.empty()) throw std::invalid_argument("\"name\" in its handshake is empty");
  handshake.version = shown(string_in(object, "version"));
  std::vector<Operation> operations;
  for (const std::string& text : strings_in(object, "operations")) add_once(operations, operation_from(text));
  if (operations.empty()) throw std::invalid_argument("its handshake offers no operation");
  std::vector<Format> known_formats;
  for (const std::string& text : strings_in(object, "formats")) add_once(known_formats, format_from(text));
  if (known_formats.empty()) throw std::invalid_argument("its handshake offers no format");
  for (const Operation operation : operations)
    for (const Format format : known_formats) handshake.offers.push_back({operation, format});
  if (object.contains("offers")) handshake.offers = offers_in(object["offers"], handshake.offers);
  if (object.contains("instruction_set")) handshake.instruction_set = shown(string_in(object, "instruction_set"));
  handshake.takes_scale = truth_of(object, "scale");
  handshake.shares_memory = truth_of(object, "shared_memory");
  if (object.contains("abilities"))
    for (const std::string& text : strings_in(object, "abilities")) add_named(handshake.abilities, text);
  if (object.contains("format_of_x")) handshake.format_of_x = format_from(string_in(object, "format_of_x"));
  return handshake;
}

bool is_complete(std::string_view received, const Expected& expected) {
  // Prints on the wire may be shorter than a header; waiting for more of them would look like a hang.
  if (!begins_like_a_frame(received)) return true;
  if (received.size() < sizeof(FrameHeader)) return false;
  return complaint_about(header_in(received), expected) || received.size() >= frame_bytes(received, expected);
}

AnswerFrame answer_from(std::string_view received, const Expected& expected) {
  if (!begins_like_a_frame(received))
    throw std::invalid_argument(fmt::format("sent \"{}\" where a frame is due", excerpt(received, 40)));
  const FrameHeader header = header_in(received);
  if (const auto complaint = complaint_about(header, expected)) throw std::invalid_argument(*complaint);
  if (const std::size_t due = frame_bytes(received, expected); received.size() > due)
    throw std::invalid_argument(fmt::format("sent {} bytes after the end of its answer", received.size() - due));
  AnswerFrame answer;
  answer.kind = header.kind;
  answer.flags = header.flags;
  std::string_view rest = received.substr(sizeof header);
  if (header.kind != FrameKind::result) {
    answer.text = printable(rest);
    return answer;
  }
  if (!expected.shared) {
    answer.results = std::as_bytes(std::span(rest.substr(0, expected.result_bytes)));
    rest.remove_prefix(expected.result_bytes);
  }
  if (expected.observed) {
    std::memcpy(static_cast<void*>(&answer.seen), rest.data(), sizeof answer.seen);
    answer.text = printable(rest.substr(sizeof answer.seen));
  }
  return answer;
}

} // namespace softmax_audit
