#include "impl/foreign/worker.hpp"

#include "impl/foreign/child_process.hpp"
#include "impl/foreign/wire.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace softmax_audit {
namespace {

constexpr std::size_t longest_line = 65536;
constexpr std::size_t longest_text = 1048576;
constexpr std::chrono::milliseconds patience_at_the_end{500};
constexpr std::chrono::milliseconds patience_for_a_status{200};

// --- Text from outside -----------------------------------------------------------------------------------------------

// The length of the well-formed UTF-8 sequence at the beginning of text, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF)
    return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (first >= 0xF0 && first <= 0xF4)
    return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

// What a subject writes goes into reports: well-formed, and no control characters but line breaks and tabs.
std::string printable(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    const bool is_control = (first < 0x20 && first != '\n' && first != '\t') || first == 0x7F;
    if (length == 0 || is_control)
      safe += '?';
    else
      safe += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return safe;
}

std::string excerpt(std::string_view text, std::size_t longest = 80) {
  return printable(text.substr(0, longest)) + (text.size() > longest ? "..." : "");
}

std::string quoted_last_words(const ChildProcess& process) {
  std::string_view words = process.last_words();
  while (!words.empty() && (words.back() == '\n' || words.back() == '\r')) words.remove_suffix(1);
  return words.empty() ? std::string() : fmt::format("; its last words: {}", printable(words));
}

std::string text_of(std::chrono::milliseconds duration) {
  return duration.count() < 1000 ? fmt::format("{} ms", duration.count())
                                 : fmt::format("{:g} s", static_cast<double>(duration.count()) / 1000);
}

std::string text_of_bytes(std::size_t bytes) {
  return bytes >= 1048576 ? fmt::format("{:.4g} MiB", static_cast<double>(bytes) / 1048576) : fmt::format("{} bytes", bytes);
}

// --- The handshake ---------------------------------------------------------------------------------------------------

struct Handshake {
  std::string name, version;
  std::vector<Operation> operations;
  std::vector<Format> formats;
  bool takes_scale = false;
  std::optional<Format> format_of_x; // where it differs from the format of the results
};

using Json = nlohmann::json;

Json object_from(std::string_view line) {
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

Handshake handshake_from(std::string_view line) {
  const Json object = object_from(line);
  if (object["softmax_audit"] != protocol_version)
    throw std::invalid_argument(fmt::format("it speaks version {} of the protocol, not version {}",
                                            excerpt(object["softmax_audit"].dump()), protocol_version));
  Handshake handshake;
  handshake.name = printable(string_in(object, "name"));
  handshake.version = printable(string_in(object, "version"));
  for (const std::string& text : strings_in(object, "operations")) add_once(handshake.operations, operation_from(text));
  if (handshake.operations.empty()) throw std::invalid_argument("its handshake offers no operation");
  for (const std::string& text : strings_in(object, "formats")) add_once(handshake.formats, format_from(text));
  if (handshake.formats.empty()) throw std::invalid_argument("its handshake offers no format");
  if (const auto scale = object.find("scale"); scale != object.end()) {
    if (!scale->is_boolean()) throw std::invalid_argument("\"scale\" in its handshake is neither true nor false");
    handshake.takes_scale = scale->get<bool>();
  }
  if (object.contains("format_of_x")) handshake.format_of_x = format_from(string_in(object, "format_of_x"));
  return handshake;
}

// --- The conversation ------------------------------------------------------------------------------------------------

template <class T> void append_storage(std::string& bytes, std::span<const double> values) {
  const std::size_t begin = bytes.size();
  bytes.resize(begin + values.size() * sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T stored = to_storage<T>(values[i]);
    std::memcpy(bytes.data() + begin + i * sizeof(T), &stored, sizeof(T));
  }
}

template <class T> std::vector<double> values_in(std::string_view bytes) {
  std::vector<double> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = from_storage(stored);
  }
  return values;
}

void append_storage(std::string& bytes, Format format, std::span<const double> values) {
  switch (format) {
    case Format::f16: return append_storage<binary16>(bytes, values);
    case Format::bf16: return append_storage<bfloat16>(bytes, values);
    case Format::f32: return append_storage<float>(bytes, values);
    case Format::f64: return append_storage<double>(bytes, values);
  }
}

std::vector<double> values_in(std::string_view bytes, Format format) {
  switch (format) {
    case Format::f16: return values_in<binary16>(bytes);
    case Format::bf16: return values_in<bfloat16>(bytes);
    case Format::f32: return values_in<float>(bytes);
    case Format::f64: return values_in<double>(bytes);
  }
  return {};
}

std::string frame_of(const Problem& problem, std::uint64_t sequence) {
  FrameHeader header;
  header.sequence = sequence;
  header.operation = problem.operation;
  header.format_of_x = header.format_of_y = problem.format;
  const bool has_dy = takes_upstream_gradient(problem.operation), has_target = problem.operation == Operation::cross_entropy;
  if (problem.scale != 1) header.flags |= flag_scale;
  if (has_dy) header.flags |= flag_dy;
  if (has_target) header.flags |= flag_target;
  header.rows = problem.rows;
  header.cols = problem.cols;
  header.scale = problem.scale;
  header.payload_bytes = problem.x.size() * storage_bytes(problem.format);
  if (has_dy) header.payload_bytes += problem.dy.size() * storage_bytes(problem.format);
  if (has_target) header.payload_bytes += problem.target.size_bytes();
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  append_storage(bytes, problem.format, problem.x);
  if (has_dy) append_storage(bytes, problem.format, problem.dy);
  if (has_target) bytes.append(reinterpret_cast<const char*>(problem.target.data()), problem.target.size_bytes());
  return bytes;
}

struct Expected {
  std::uint64_t sequence;
  std::size_t result_bytes;
};

FrameHeader header_in(const std::string& bytes) {
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

bool begins_like_a_frame(const std::string& bytes) {
  return std::memcmp(bytes.data(), &frame_magic, std::min(bytes.size(), sizeof frame_magic)) == 0;
}

// Also as soon as the header is known to be wrong, so that nobody waits for the payload of garbage.
bool is_complete(const std::string& bytes, const Expected& expected) {
  // Prints on the wire may be shorter than a header; waiting for more of them would look like a hang.
  if (!begins_like_a_frame(bytes)) return true;
  if (bytes.size() < sizeof(FrameHeader)) return false;
  const FrameHeader header = header_in(bytes);
  return complaint_about(header, expected) || bytes.size() - sizeof header >= header.payload_bytes;
}

// A shell that stays would stand between us and the signal that killed the worker. A command that is one program gives
// way to it.
std::string for_shell(const std::string& command) {
  const std::string_view first = std::string_view(command).substr(0, command.find(' '));
  const bool is_program = std::ranges::all_of(first, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("_./+-").find(c) != std::string_view::npos;
  });
  const bool is_single = command.find_first_of(";&|(){}`\n") == std::string::npos;
  return is_program && is_single && !first.empty() && first != "exec" ? "exec " + command : command;
}

std::string text_of_question(const Problem& problem) {
  return problem.rows == 1 ? fmt::format("a row of {}", problem.cols)
                           : fmt::format("{} rows of {}", problem.rows, problem.cols);
}

class Worker {
public:
  explicit Worker(WorkerOptions options) : options_(std::move(options)) {
    if (options_.argv.empty() && options_.command.empty()) throw std::invalid_argument("worker: the command is empty");
    handshake_ = start();
  }
  ~Worker() {
    if (process_) process_->finish(patience_at_the_end);
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  const Handshake& handshake() const { return handshake_; }

  std::vector<double> ask(const Problem& problem) {
    const std::lock_guard lock(mutex_);
    if (!process_) start_again();
    require_silence();
    process_->forget_last_words();
    const Expected expected{++sequence_, result_count(problem) * storage_bytes(problem.format)};
    const auto outcome = process_->exchange(
        frame_of(problem, expected.sequence), [&](const std::string& b) { return is_complete(b, expected); },
        Clock::now() + options_.timeout, options_.memory_bytes);
    if (outcome != ChildProcess::Outcome::done) give_up(outcome, problem);
    std::string& received = process_->received();
    const std::string question = text_of_question(problem);
    if (!begins_like_a_frame(received))
      break_off(fmt::format("sent \"{}\" where a frame is due while answering {}", excerpt(received, 40), question));
    const FrameHeader header = header_in(received);
    if (const auto complaint = complaint_about(header, expected))
      break_off(fmt::format("{} while answering {}", *complaint, question));
    if (received.size() > sizeof header + header.payload_bytes)
      break_off(fmt::format("sent {} bytes after the end of its answer to {}",
                            received.size() - sizeof header - header.payload_bytes, question));
    const std::string_view payload = std::string_view(received).substr(sizeof header);
    if (header.kind == FrameKind::refused)
      throw_and_clear(Incident::Kind::refused, fmt::format("the subject refused {}: {}", question, printable(payload)));
    if (header.kind == FrameKind::error)
      throw_and_clear(Incident::Kind::crashed, fmt::format("the worker reported: {}", printable(payload)));
    std::vector<double> values = values_in(payload, problem.format);
    received.clear();
    return values;
  }

private:
  [[noreturn]] void throw_and_clear(Incident::Kind kind, const std::string& text) {
    process_->received().clear();
    throw Incident(kind, text);
  }

  // The process lives, but what it says cannot be trusted any more.
  [[noreturn]] void break_off(const std::string& complaint) {
    process_->finish(std::chrono::milliseconds(0));
    const std::string words = quoted_last_words(*process_);
    process_.reset();
    throw Incident(Incident::Kind::crashed, fmt::format("the subject's process {}{}", complaint, words));
  }

  [[noreturn]] void give_up(ChildProcess::Outcome outcome, const Problem& problem) {
    const std::size_t received = process_->received().size();
    const auto how =
        process_->finish(outcome == ChildProcess::Outcome::ended ? patience_for_a_status : std::chrono::milliseconds(0));
    const std::string words = quoted_last_words(*process_);
    process_.reset();
    const std::string part = received > 0 ? fmt::format(", after {} bytes of its answer", received) : std::string();
    if (outcome == ChildProcess::Outcome::late)
      throw Incident(Incident::Kind::timed_out, fmt::format("no answer within {} to {}{}{}", text_of(options_.timeout),
                                                            text_of_question(problem), part, words));
    if (outcome == ChildProcess::Outcome::too_large)
      throw Incident(Incident::Kind::crashed,
                     fmt::format("the subject's process needed more than the {} of resident memory that it may use while "
                                 "answering {}{}",
                                 text_of_bytes(options_.memory_bytes), text_of_question(problem), words));
    throw Incident(Incident::Kind::crashed,
                   fmt::format("the subject's process {} while answering {}{}{}", how.value_or("closed its output"),
                               text_of_question(problem), part, words));
  }

  // Between two questions a worker neither speaks nor ends. What it did after its last answer is told with the next
  // question.
  void require_silence() {
    process_->drain();
    if (const std::string& spoken = process_->received(); !spoken.empty())
      break_off(fmt::format("sent \"{}\" between two questions, after its last answer", excerpt(spoken, 40)));
    if (!process_->has_ended()) return;
    const auto how = process_->finish(std::chrono::milliseconds(0));
    const std::string words = quoted_last_words(*process_);
    process_.reset();
    throw Incident(
        Incident::Kind::crashed,
        fmt::format("the subject's process {} between two questions, after its last answer{}", how.value_or("ended"), words));
  }

  void start_again() {
    try {
      start();
    } catch (const std::invalid_argument& error) {
      throw Incident(Incident::Kind::crashed,
                     fmt::format("the subject's process could not be started again: {}", error.what()));
    }
  }

  Handshake start() {
    const bool by_shell = options_.argv.empty();
    const std::string shown = by_shell ? options_.command : options_.argv.front();
    std::vector<std::string> environment;
    if (!options_.python_path.empty()) {
      const char* before = std::getenv("PYTHONPATH");
      environment.push_back(
          fmt::format("PYTHONPATH={}{}{}", options_.python_path, before && *before ? ":" : "", before ? before : ""));
    }
    try {
      process_ = std::make_unique<ChildProcess>(
          by_shell ? std::vector<std::string>{"/bin/sh", "-c", for_shell(options_.command)} : options_.argv, environment);
    } catch (const std::system_error& error) {
      throw std::invalid_argument(fmt::format("worker: cannot start \"{}\": {}", shown, error.code().message()));
    }
    try {
      return shake_hands();
    } catch (const Reported& error) {
      process_.reset();
      throw std::invalid_argument(error.what());
    } catch (const std::invalid_argument& error) {
      process_->finish(std::chrono::milliseconds(0));
      const std::string words = quoted_last_words(*process_);
      process_.reset();
      throw std::invalid_argument(fmt::format("worker: \"{}\": {}{}", shown, error.what(), words));
    }
  }

  // The worker's own sentence, passed on as it is.
  struct Reported : std::exception {
    std::string text;
    explicit Reported(std::string text_) : text(std::move(text_)) {}
    const char* what() const noexcept override { return text.c_str(); }
  };

  Handshake shake_hands() {
    const std::string hello = fmt::format("{{\"softmax_audit\": {}}}\n", protocol_version);
    const auto has_line = [](const std::string& bytes) {
      return bytes.size() > longest_line || bytes.find('\n') != std::string::npos;
    };
    const auto outcome = process_->exchange(hello, has_line, Clock::now() + options_.start_timeout, options_.memory_bytes);
    std::string& received = process_->received();
    switch (outcome) {
      case ChildProcess::Outcome::done: break;
      case ChildProcess::Outcome::late:
        throw std::invalid_argument(fmt::format("no handshake within {}", text_of(options_.start_timeout)));
      case ChildProcess::Outcome::too_large:
        throw std::invalid_argument(fmt::format("it needs more than the {} of resident memory that it may use before its "
                                                "handshake",
                                                text_of_bytes(options_.memory_bytes)));
      case ChildProcess::Outcome::ended: {
        const auto how = process_->finish(patience_for_a_status);
        throw std::invalid_argument(fmt::format("it {} before its handshake{}", how.value_or("closed its output"),
                                                received.empty() ? "" : fmt::format(", after \"{}\"", excerpt(received))));
      }
    }
    const std::size_t end = received.find('\n');
    if (end == std::string::npos)
      throw std::invalid_argument(fmt::format("its first line is longer than {} bytes", longest_line));
    const std::string line = received.substr(0, end);
    received.erase(0, end + 1);
    const Json object = object_from(line);
    if (const auto error = object.find("error"); error != object.end())
      throw Reported(error->is_string() ? printable(error->get<std::string>()) : "worker: it reports an error without a text");
    Handshake handshake = handshake_from(line);
    if (handshake.format_of_x && handshake.formats != std::vector{*handshake.format_of_x})
      throw Reported(fmt::format("call: it reads {} and writes {}; logits and results of different formats are not "
                                 "supported yet",
                                 name(*handshake.format_of_x), name(handshake.formats.front())));
    return handshake;
  }

  WorkerOptions options_;
  Handshake handshake_;
  std::mutex mutex_;
  std::unique_ptr<ChildProcess> process_; // null: dead, started again with the next question
  std::uint64_t sequence_ = 0;
};

void require_offered(const Problem& problem, const Handshake& handshake, const std::string& subject) {
  if (std::ranges::find(handshake.operations, problem.operation) == handshake.operations.end())
    throw std::invalid_argument(fmt::format("{} was asked for {}, which it does not offer", subject, name(problem.operation)));
  if (std::ranges::find(handshake.formats, problem.format) == handshake.formats.end())
    throw std::invalid_argument(fmt::format("{} was asked in {}, which it does not offer", subject, name(problem.format)));
  if (problem.scale != 1 && !handshake.takes_scale)
    throw std::invalid_argument(fmt::format("{} was asked with a scale, which it does not take", subject));
  if (problem.x.size() != problem.rows * problem.cols)
    throw std::invalid_argument(fmt::format("{} logits are not {} rows of {}", problem.x.size(), problem.rows, problem.cols));
  if (takes_upstream_gradient(problem.operation) && problem.dy.size() != problem.x.size())
    throw std::invalid_argument(
        fmt::format("{} upstream gradients do not belong to {} logits", problem.dy.size(), problem.x.size()));
  if (problem.operation == Operation::cross_entropy && problem.target.size() != problem.rows)
    throw std::invalid_argument(fmt::format("{} targets do not belong to {} rows", problem.target.size(), problem.rows));
}

Subject subject_of(const WorkerOptions& options, std::string_view instruction_set) {
  const auto worker = std::make_shared<Worker>(options);
  const Handshake& handshake = worker->handshake();
  Subject subject;
  subject.name = options.name.empty() ? handshake.name : options.name;
  subject.version = handshake.version;
  subject.instruction_set = instruction_set;
  for (const Operation operation : handshake.operations)
    for (const Format format : handshake.formats) subject.offers.push_back({operation, format});
  subject.claim_is_assumed = true;
  subject.takes_scale = handshake.takes_scale;
  subject.run = [worker, name = subject.name](const Problem& problem) {
    require_offered(problem, worker->handshake(), name);
    return worker->ask(problem);
  };
  return subject;
}

} // namespace

Subject worker_subject(const WorkerOptions& options) { return subject_of(options, "worker"); }

Subject library_subject(const std::string& library, const std::string& symbol, const std::string& call,
                        const WorkerOptions& options, const std::string& runner_path, Operation operation) {
  WorkerOptions served = options;
  served.argv = {
      runner_path, "--library", library, "--symbol", symbol, "--call", call, "--operation", std::string(name(operation))};
  return subject_of(served, "library");
}

} // namespace softmax_audit
