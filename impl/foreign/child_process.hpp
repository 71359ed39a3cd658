// A child process with its three streams, in a process group of its own. Linux.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

using Clock = std::chrono::steady_clock;

// Owns the process: the destructor kills the whole group, reaps and closes.
// What the process writes to stderr passes through to ours, where that is wanted; its last 2 KiB are kept.
class ChildProcess {
public:
  // `environment` holds "NAME=value" entries that replace those of the same name. Its whole group dies with this
  // program, however that ends.
  // Throws std::system_error when the program cannot be started.
  ChildProcess(const std::vector<std::string>& argv, const std::vector<std::string>& environment, bool passes_errors_on = true);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  enum class Outcome {
    done,
    ended,    // the process is gone, or has closed its stdout
    late,     // the deadline passed
    too_large // more resident memory than allowed
  };
  // Writes `bytes` and reads into received() until is_complete(received()), both at the same time, so that neither side
  // waits for the other whatever the sizes.
  Outcome exchange(std::string_view bytes, const std::function<bool(const std::string&)>& is_complete,
                   Clock::time_point deadline, std::size_t memory_bytes);

  // What came on stdout and was not yet taken.
  std::string& received() { return received_; }

  // Reads what is there without waiting, up to a few MiB.
  void drain();

  const std::string& last_words() const { return last_words_; }
  void forget_last_words() { last_words_.clear(); }

  bool has_ended();

  // How a process ended by itself.
  struct End {
    bool by_signal = false;
    int status = 0;   // the signal, or the exit status
    std::string text; // "was killed by signal 11 (Segmentation fault)", "ended (exit status 3)"
  };
  // Closes stdin and gives the process `patience` to end by itself; then kills the group and reaps. Gives nothing when it had to
  // be killed.
  std::optional<End> finish(std::chrono::milliseconds patience);

private:
  void close_stream(int& stream);
  bool read_output(); // true: there may be more
  bool read_errors();

  bool passes_errors_on_;
  int pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string received_;
  std::string last_words_;
  Clock::time_point next_look_{}; // at what has no descriptor; kept between exchanges, which may all be shorter than the rhythm
};

} // namespace softmax_audit
