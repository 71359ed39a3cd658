#include "impl/foreign/worker.hpp"

#include "impl/foreign/answers.hpp"
#include "impl/foreign/child_process.hpp"
#include "impl/foreign/wire.hpp"
#include "impl/text_from_outside.hpp"

#include <fmt/format.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace softmax_audit {
namespace {

constexpr std::chrono::milliseconds patience_at_the_end{500};
constexpr std::chrono::milliseconds patience_for_a_status{200};

// --- Text -----------------------------------------------------------------------------------------------------------

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

// --- The conversation ------------------------------------------------------------------------------------------------

template <class T> std::byte* put(std::byte* to, std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T stored = to_storage<T>(values[i]);
    std::memcpy(to + i * sizeof(T), &stored, sizeof(T));
  }
  return to + values.size() * sizeof(T);
}

template <class T> std::vector<double> values_in(const std::byte* bytes, std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    T stored;
    std::memcpy(&stored, bytes + i * sizeof(T), sizeof(T));
    values[i] = from_storage(stored);
  }
  return values;
}

// In the storage of the format; gives where the next ones go.
std::byte* put(std::byte* to, Format format, std::span<const double> values) {
  switch (format) {
    case Format::f16: return put<binary16>(to, values);
    case Format::bf16: return put<bfloat16>(to, values);
    case Format::f32: return put<float>(to, values);
    case Format::f64: return put<double>(to, values);
  }
  return to;
}

std::vector<double> values_in(const std::byte* bytes, std::size_t count, Format format) {
  switch (format) {
    case Format::f16: return values_in<binary16>(bytes, count);
    case Format::bf16: return values_in<bfloat16>(bytes, count);
    case Format::f32: return values_in<float>(bytes, count);
    case Format::f64: return values_in<double>(bytes, count);
  }
  return {};
}

FrameHeader header_of(const Problem& problem, const Placement* placement, std::uint64_t sequence, Format format_of_x) {
  FrameHeader header;
  header.sequence = sequence;
  header.operation = problem.operation;
  header.format_of_x = format_of_x;
  header.format_of_y = problem.format;
  const bool has_dy = takes_upstream_gradient(problem.operation), has_target = problem.operation == Operation::cross_entropy;
  if (problem.scale != 1) header.flags |= flag_scale;
  if (has_dy) header.flags |= flag_dy;
  if (has_target) header.flags |= flag_target;
  header.rows = problem.rows;
  header.cols = problem.cols;
  header.scale = problem.scale;
  header.payload_bytes = problem.x.size() * storage_bytes(format_of_x);
  if (placement && placement->masked) {
    header.flags |= flag_mask;
    header.payload_bytes *= 2;
  }
  if (has_dy) header.payload_bytes += problem.dy.size() * storage_bytes(format_of_x);
  if (has_target) header.payload_bytes += problem.target.size_bytes();
  return header;
}

void put_payload(std::byte* to, const Problem& problem, const FrameHeader& header) {
  if ((header.flags & flag_mask) != 0) {
    std::vector<double> x(problem.x.begin(), problem.x.end()), mask(x.size(), 0.0);
    for (std::size_t i = 0; i < x.size(); ++i)
      if (std::isinf(x[i]) && x[i] < 0) std::swap(x[i], mask[i]);
    to = put(put(to, header.format_of_x, x), header.format_of_x, mask);
  } else {
    to = put(to, header.format_of_x, problem.x);
  }
  if ((header.flags & flag_dy) != 0) to = put(to, header.format_of_x, problem.dy);
  if ((header.flags & flag_target) != 0 && !problem.target.empty())
    std::memcpy(to, problem.target.data(), problem.target.size_bytes());
}

WireConditions conditions_of(const Placement& placement) {
  WireConditions conditions;
  conditions.fence = static_cast<std::uint32_t>(placement.fence);
  conditions.prefill = static_cast<std::uint32_t>(placement.prefill);
  conditions.in_place = placement.in_place ? 1 : 0;
  conditions.callers = placement.callers;
  conditions.inner = placement.inner;
  conditions.gap = placement.gap;
  conditions.misplaced = placement.misplaced;
  conditions.repeats = placement.repeats;
  conditions.second_results = placement.second_results ? 1 : 0;
  return conditions;
}

// A file without a name that the worker maps, too. Long payloads need not go through a pipe then.
class SharedMemory {
public:
  SharedMemory() : file_(memfd_create("softmax-audit", MFD_CLOEXEC)) {}
  ~SharedMemory() {
    if (begin_) munmap(begin_, size_);
    if (file_ >= 0) close(file_);
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  // How another process finds it; empty where there is none.
  std::string path() const { return file_ < 0 ? std::string() : fmt::format("/proc/{}/fd/{}", getpid(), file_); }
  // At least so many bytes, or null.
  std::byte* bytes(std::size_t needed) {
    if (needed <= size_) return begin_;
    const std::size_t size = std::max(needed + needed / 2, std::size_t{1} << 20);
    if (ftruncate(file_, static_cast<off_t>(size)) != 0) return nullptr;
    if (begin_) munmap(begin_, size_);
    void* mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    begin_ = mapped == MAP_FAILED ? nullptr : static_cast<std::byte*>(mapped);
    size_ = begin_ ? size : 0;
    return begin_;
  }

private:
  int file_;
  std::byte* begin_ = nullptr;
  std::size_t size_ = 0;
};
// Below this a pipe is as fast.
constexpr std::size_t shortest_shared_payload = 8192;

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

// How long answers took, by the number of logits: each power of two has its own mean.
class AnswerTimes {
public:
  void add(std::size_t logits, Clock::duration taken) {
    Mean& mean = means_[static_cast<std::size_t>(std::bit_width(logits))];
    mean.total += taken;
    ++mean.count;
  }
  // Of as many, or of the next larger class that was asked; where nothing larger was, in proportion to a smaller one.
  Clock::duration mean_of(std::size_t logits) const {
    for (std::size_t k = static_cast<std::size_t>(std::bit_width(logits)); k < means_.size(); ++k)
      if (means_[k].count > 0) return means_[k].total / means_[k].count;
    for (std::size_t own = static_cast<std::size_t>(std::bit_width(logits)), k = own; k-- > 0;)
      if (means_[k].count > 0) return means_[k].total / means_[k].count * (1LL << std::min<std::size_t>(own - k, 20));
    return {};
  }

private:
  struct Mean {
    Clock::duration total{};
    std::int64_t count = 0;
  };
  std::array<Mean, 65> means_{};
};

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

  // Without a placement: a plain call, which every worker answers.
  Answer ask(const Problem& problem, const Placement* placement) {
    const std::lock_guard lock(mutex_);
    if (!process_) start_again();
    require_silence();
    process_->forget_last_words();
    const std::size_t second = placement && placement->second_results ? 2 * problem.rows : 0;
    const std::size_t result_bytes = (result_count(problem) + second) * storage_bytes(problem.format);
    FrameHeader header = header_of(problem, placement, ++sequence_, handshake_.format_of_x.value_or(problem.format));
    const std::size_t longer = std::max<std::size_t>(header.payload_bytes, result_bytes);
    // Results take the place of the payload, which several callers still read.
    const bool shares =
        handshake_.shares_memory && longer >= shortest_shared_payload && (!placement || placement->callers == 1);
    std::byte* const region = shares ? shared_->bytes(longer) : nullptr;
    const Expected expected{sequence_, result_bytes, placement != nullptr, region != nullptr};
    if (placement) header.flags |= flag_conditions;
    if (region) header.flags |= flag_shared;
    std::string frame(sizeof header + (region ? 0 : header.payload_bytes) + (placement ? sizeof(WireConditions) : 0), '\0');
    std::memcpy(frame.data(), &header, sizeof header);
    put_payload(region ? region : reinterpret_cast<std::byte*>(frame.data()) + sizeof header, problem, header);
    if (placement) {
      const WireConditions conditions = conditions_of(*placement);
      std::memcpy(frame.data() + frame.size() - sizeof conditions, &conditions, sizeof conditions);
    }
    const auto begin = Clock::now();
    const auto outcome = process_->exchange(
        frame, [&](const std::string& b) { return is_complete(b, expected); }, begin + patience(problem),
        options_.memory_bytes);
    if (outcome != ChildProcess::Outcome::done) give_up(outcome, problem);
    answered_.add(problem.x.size(), Clock::now() - begin);
    return answer_in(process_->received(), problem, expected, region);
  }

private:
  Answer answer_in(std::string& received, const Problem& problem, const Expected& expected, const std::byte* region) {
    const std::string question = text_of_question(problem);
    AnswerFrame frame;
    try {
      frame = answer_from(received, expected);
    } catch (const std::invalid_argument& complaint) {
      break_off(fmt::format("{} while answering {}", complaint.what(), question));
    }
    if (frame.kind != FrameKind::result) {
      received.clear();
      if (frame.kind == FrameKind::refused)
        throw Incident(Incident::Kind::refused, fmt::format("the subject refused {}: {}", question, frame.text));
      const std::optional<Deed> deed = only_deed_in(frame);
      if (!deed) throw Incident(Incident::Kind::crashed, fmt::format("the worker reported: {}", frame.text));
      // Only an exception lets the process live.
      if (*deed != Deed::leaves_otherwise) {
        process_->finish(patience_for_a_status);
        process_.reset();
      }
      throw Incident(Incident::Kind::crashed, fmt::format("the subject {} while answering {}", frame.text, question), deed);
    }
    Answer answer;
    const std::byte* const results = region ? region : frame.results.data();
    answer.y = values_in(results, result_count(problem), problem.format);
    if (const std::size_t first = result_count(problem) * storage_bytes(problem.format); expected.result_bytes > first) {
      const std::size_t of_each = problem.rows * storage_bytes(problem.format);
      answer.maximum = values_in(results + first, problem.rows, problem.format);
      answer.sum = values_in(results + first + of_each, problem.rows, problem.format);
    }
    if (expected.observed) {
      answer.flags = static_cast<int>(frame.seen.flags);
      answer.deeds = Deeds::from_bits(frame.seen.deeds);
      answer.seen = frame.text;
      answer.differing = frame.seen.differing;
      answer.nanoseconds = frame.seen.nanoseconds;
    }
    received.clear();
    return answer;
  }

  // Told by our own runner, which offers abilities.
  std::optional<Deed> only_deed_in(const AnswerFrame& frame) const {
    if (!handshake_.abilities.has(Ability::apart)) return std::nullopt;
    for (std::size_t d = 0; d < deed_count; ++d)
      if (Deeds::from_bits(frame.flags).has(static_cast<Deed>(d))) return static_cast<Deed>(d);
    return std::nullopt;
  }

  // Who has been late once is not waited for so long again: every law asks, and every smaller row.
  std::chrono::milliseconds patience(const Problem& problem) const {
    constexpr std::chrono::milliseconds shortest{100};
    if (!was_late_) return options_.timeout;
    const Clock::duration usual = answered_.mean_of(problem.x.size());
    return std::min(options_.timeout, std::max(std::chrono::ceil<std::chrono::milliseconds>(200 * usual), shortest));
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
    const std::chrono::milliseconds waited = patience(problem);
    const std::string part = received > 0 ? fmt::format(", after {} bytes of its answer", received) : std::string();
    if (outcome == ChildProcess::Outcome::late) {
      was_late_ = true;
      throw Incident(Incident::Kind::timed_out,
                     fmt::format("no answer within {} to {}{}{}", text_of(waited), text_of_question(problem), part, words),
                     Deed::exceeds_time);
    }
    if (outcome == ChildProcess::Outcome::too_large)
      throw Incident(Incident::Kind::crashed,
                     fmt::format("the subject's process needed more than the {} of resident memory that it may use while "
                                 "answering {}{}",
                                 text_of_bytes(options_.memory_bytes), text_of_question(problem), words),
                     Deed::exceeds_memory);
    throw Incident(Incident::Kind::crashed,
                   fmt::format("the subject's process {} while answering {}{}{}", text_of_end(how), text_of_question(problem),
                               part, words),
                   deed_of_end(how));
  }

  static std::string text_of_end(const std::optional<ChildProcess::End>& end) {
    if (!end) return "closed its output";
    return !end->by_signal && end->status == wire_is_gone ? "lost its connection, which the subject closed" : end->text;
  }
  static Deed deed_of_end(const std::optional<ChildProcess::End>& end) {
    if (!end) return Deed::touches_descriptors;
    if (end->by_signal) return Deed::raises_signal;
    return end->status == wire_is_gone ? Deed::touches_descriptors : Deed::leaves_otherwise;
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
    throw Incident(Incident::Kind::crashed,
                   fmt::format("the subject's process {} between two questions, after its last answer{}",
                               how ? how->text : "ended", words),
                   deed_of_end(how));
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
          by_shell ? std::vector<std::string>{"/bin/sh", "-c", for_shell(options_.command)} : options_.argv, environment,
          options_.passes_errors_on);
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

  Handshake shake_hands() {
    if (options_.shared_memory && !shared_) shared_ = std::make_unique<SharedMemory>();
    const std::string path = shared_ ? shared_->path() : std::string();
    const std::string hello = fmt::format("{{\"softmax_audit\": {}{}}}\n", protocol_version,
                                          path.empty() ? path : fmt::format(", \"shared_memory\": \"{}\"", path));
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
        throw std::invalid_argument(fmt::format("it {} before its handshake{}", text_of_end(how),
                                                received.empty() ? "" : fmt::format(", after \"{}\"", excerpt(received))));
      }
    }
    const std::size_t end = received.find('\n');
    if (end == std::string::npos)
      throw std::invalid_argument(fmt::format("its first line is longer than {} bytes", longest_line));
    const std::string line = received.substr(0, end);
    received.erase(0, end + 1);
    Handshake handshake = handshake_from(line);
    if (path.empty()) handshake.shares_memory = false;
    return handshake;
  }

  WorkerOptions options_;
  Handshake handshake_;
  std::mutex mutex_;
  std::unique_ptr<SharedMemory> shared_;
  std::unique_ptr<ChildProcess> process_; // null: dead, started again with the next question
  AnswerTimes answered_;
  bool was_late_ = false;
  std::uint64_t sequence_ = 0;
};

void require_offered(const Problem& problem, const Placement* placement, const Handshake& handshake,
                     const std::string& subject) {
  const auto& offers = handshake.offers;
  if (std::ranges::find(offers, problem.operation, &Offer::operation) == offers.end())
    throw std::invalid_argument(fmt::format("{} was asked for {}, which it does not offer", subject, name(problem.operation)));
  const auto offer = std::ranges::find(offers, Offer{problem.operation, problem.format});
  if (offer == offers.end())
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
  // What a law adds to a row need not be a number of theirs.
  const auto require_values = [&](std::span<const double> values, std::string_view what) {
    for (const double value : values)
      if (handshake.format_of_x && !std::isnan(value) && round_to(*handshake.format_of_x, value) != value)
        throw Incident(Incident::Kind::refused,
                       fmt::format("a {} that is no number of {}", what, name(*handshake.format_of_x)));
  };
  require_values(problem.x, "logit");
  require_values(problem.dy, "gradient");
  if (!placement) return;
  const auto require = [&](bool is_asked, Ability ability) {
    if (is_asked && !handshake.abilities.has(ability) && !offer->abilities.has(ability))
      throw std::invalid_argument(fmt::format("{} was asked for \"{}\", which it does not offer", subject, name(ability)));
  };
  require(placement->misplaced > 0, Ability::alignment);
  require(placement->gap > 0 && placement->inner == 1, Ability::row_stride);
  require(placement->inner > 1, Ability::axis);
  require(placement->in_place, Ability::in_place);
  require(placement->fence != Fence::none, Ability::fences);
  require(placement->prefill != Prefill::not_a_number, Ability::prefill);
  require(placement->callers > 1, Ability::callers);
  require(placement->repeats > 1, Ability::timing);
  require(placement->masked, Ability::mask);
  require(placement->second_results, Ability::second_results);
}

// Lets the worker answer for the subject.
void answer_by(Subject& subject, const std::shared_ptr<Worker>& worker) {
  subject.run = [worker, name = subject.name](const Problem& problem) {
    require_offered(problem, nullptr, worker->handshake(), name);
    return worker->ask(problem, nullptr).y;
  };
  subject.run_watched = [worker, name = subject.name](const Problem& problem, const Placement& placement) {
    require_offered(problem, &placement, worker->handshake(), name);
    // A worker that offers nothing of the kind can still be asked, and be seen to end.
    constexpr Abilities without_conditions{Ability::apart};
    const bool takes_conditions = (worker->handshake().abilities | without_conditions) != without_conditions;
    return worker->ask(problem, takes_conditions ? &placement : nullptr);
  };
  subject.run_placed = subject.run_watched;
}

Subject subject_of(const WorkerOptions& options, std::string_view instruction_set) {
  const auto worker = std::make_shared<Worker>(options);
  const Handshake& handshake = worker->handshake();
  Subject subject;
  subject.name = options.name.empty() ? handshake.name : options.name;
  subject.version = handshake.version;
  subject.instruction_set = handshake.instruction_set.empty() ? instruction_set : std::string_view(handshake.instruction_set);
  subject.offers = handshake.offers;
  subject.claim_is_assumed = subject.profile_is_assumed = true;
  subject.format_of_x = handshake.format_of_x;
  subject.takes_scale = handshake.takes_scale;
  subject.abilities = handshake.abilities | Abilities{Ability::apart};
  answer_by(subject, worker);
  return subject;
}

WorkerOptions served_by(const std::string& runner_path, WorkerOptions options, std::vector<std::string> arguments) {
  options.argv = {runner_path};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  if (options.overread > 0) {
    options.argv.emplace_back("--allow-overread");
    options.argv.push_back(fmt::format("{}", options.overread));
  }
  return options;
}

} // namespace

Subject worker_subject(const WorkerOptions& options) { return subject_of(options, "worker"); }

Subject library_subject(const std::string& library, const std::string& symbol, const std::string& call,
                        const WorkerOptions& options, const std::string& runner_path, Operation operation) {
  return subject_of(
      served_by(runner_path, options,
                {"--library", library, "--symbol", symbol, "--call", call, "--operation", std::string(name(operation))}),
      "library");
}

Subject plugin_subject(const std::string& library, const std::string& entry, const WorkerOptions& options,
                       const std::string& runner_path) {
  std::vector<std::string> arguments{"--plugin", library};
  if (!entry.empty()) arguments.insert(arguments.end(), {"--symbol", entry});
  return subject_of(served_by(runner_path, options, std::move(arguments)), "plugin");
}

std::vector<Subject> watched_subjects_of(const Implementation& implementation, const std::string& runner_path) {
  // Enough for any row that is asked of them; what damages a process is judged sooner.
  constexpr std::chrono::milliseconds damage_timeout{2000};
  constexpr std::size_t damage_memory = std::size_t{1} << 27;
  constexpr Abilities watched{Ability::fences,  Ability::environment, Ability::prefill,
                              Ability::streams, Ability::processes,   Ability::descriptors,
                              Ability::callers, Ability::timing,      Ability::apart};
  std::vector<Subject> subjects = subjects_of(implementation);
  for (Subject& subject : subjects) {
    WorkerOptions options;
    options.name = subject.name;
    if (implementation.runs_apart) {
      options.timeout = damage_timeout;
      options.memory_bytes = damage_memory;
      options.passes_errors_on = false; // what they print, they print with every row
    }
    options = served_by(runner_path, options, {"--implementation", subject.name, "--instruction-set", subject.instruction_set});
    // Started with the first question: most subjects are never asked this way.
    struct Later {
      WorkerOptions options;
      std::once_flag once;
      Subject apart;
      const Subject& subject() {
        std::call_once(once, [this] { apart = subject_of(options, {}); });
        return apart;
      }
    };
    const auto later = std::make_shared<Later>();
    later->options = std::move(options);
    subject.abilities = subject.abilities | watched;
    subject.run_watched = [later](const Problem& problem, const Placement& placement) {
      return later->subject().run_watched(problem, placement);
    };
    if (!implementation.runs_apart) continue;
    subject.abilities = subject.abilities | Abilities{Ability::alignment, Ability::row_stride, Ability::flags};
    subject.run = [later](const Problem& problem) { return later->subject().run(problem); };
    subject.run_placed = subject.run_watched;
  }
  return subjects;
}

Subject built_in_apart(const Subject& built_in, const std::string& runner_path, bool shared_memory) {
  WorkerOptions options;
  options.shared_memory = shared_memory;
  options.name = built_in.name;
  return subject_of(
      served_by(runner_path, options, {"--implementation", built_in.name, "--instruction-set", built_in.instruction_set}), {});
}

std::string runner_beside_program() {
  const auto folder = std::filesystem::canonical("/proc/self/exe").parent_path();
  for (const auto& candidate : {folder / "softmax-audit-runner", folder / "../../softmax-audit-runner"})
    if (std::filesystem::exists(candidate)) return candidate.lexically_normal().string();
  return (folder.parent_path() / "libexec/softmax-audit/softmax-audit-runner").string();
}

} // namespace softmax_audit
