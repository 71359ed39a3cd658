#include "impl/foreign/child_process.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <system_error>
#include <thread>
#include <utility>

namespace softmax_audit {
namespace {

constexpr std::size_t kept_words = 2048;

// --- Starting --------------------------------------------------------------------------------------------------------

struct Pipe {
  int reader = -1;
  int writer = -1;
};

// Above 2, so that no end is overwritten when the child's own streams are put in place.
int lifted(int descriptor) {
  if (descriptor > STDERR_FILENO) return descriptor;
  const int higher = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(descriptor);
  return higher;
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  return {lifted(ends[0]), lifted(ends[1])};
}

// A small process of our own that outlives this program by a moment and kills what it left behind, grandchildren
// included, however the program ended. (PR_SET_PDEATHSIG would kill the child only, and already when the thread that
// started it ends.) Between fork and exec, here and below, only what is safe in a process with threads: no allocation,
// no locks.
[[noreturn]] void watch(int reader) {
  setsid();
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  prctl(PR_SET_NAME, "audit-warden");
  for (int descriptor = 0; descriptor < 1024; ++descriptor)
    if (descriptor != reader) close(descriptor);
  static std::array<pid_t, 4096> groups;
  std::size_t count = 0;
  for (pid_t message = 0; read(reader, &message, sizeof message) == sizeof message;) {
    if (message > 0 && count < groups.size()) groups[count++] = message;
    for (std::size_t i = 0; message < 0 && i < count; ++i)
      if (groups[i] == -message) groups[i--] = groups[--count];
  }
  for (std::size_t i = 0; i < count; ++i) kill(-groups[i], SIGKILL);
  _exit(0);
}

// Where to write the number of a group that has begun, and its negative when it has ended.
int warden() {
  static const int writer = [] {
    const Pipe pipe = make_pipe();
    const pid_t child = fork();
    if (child == 0) watch(pipe.reader);
    const int error = errno;
    close(pipe.reader);
    if (child < 0) throw std::system_error(error, std::generic_category(), "fork");
    return pipe.writer;
  }();
  return writer;
}

void tell_warden(int writer, pid_t message) {
  while (write(writer, &message, sizeof message) < 0 && errno == EINTR) {
  }
}

std::vector<std::string> environment_with(const std::vector<std::string>& replacements) {
  const auto name_of = [](std::string_view entry) { return entry.substr(0, entry.find('=')); };
  std::vector<std::string> entries = replacements;
  for (char** entry = environ; entry && *entry; ++entry)
    if (std::ranges::none_of(replacements, [&](const std::string& r) { return name_of(r) == name_of(*entry); }))
      entries.emplace_back(*entry);
  return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void become(char* const* argv, char* const* environment, int in, int out, int err, int status, int writer) {
  setpgid(0, 0);
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  tell_warden(writer, getpid());
  action.sa_handler = SIG_DFL;
  sigaction(SIGPIPE, &action, nullptr);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const rlimit no_core{0, 0}; // a hunt for crashes would fill the disk
  setrlimit(RLIMIT_CORE, &no_core);
  execvpe(argv[0], argv, environment);
  const int error = errno;
  while (write(status, &error, sizeof error) < 0 && errno == EINTR) {
  }
  _exit(127);
}

// --- Watching --------------------------------------------------------------------------------------------------------

// While it lives, writing to a process that is gone gives EPIPE to this thread and a signal to nobody.
class BrokenPipeIgnored {
public:
  BrokenPipeIgnored() {
    sigemptyset(&broken_pipe_);
    sigaddset(&broken_pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &broken_pipe_, &before_);
  }
  ~BrokenPipeIgnored() {
    constexpr timespec at_once{};
    if (!was_pending_)
      while (sigtimedwait(&broken_pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
      }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  BrokenPipeIgnored(const BrokenPipeIgnored&) = delete;
  BrokenPipeIgnored& operator=(const BrokenPipeIgnored&) = delete;

private:
  sigset_t broken_pipe_, before_;
  bool was_pending_ = false;
};

// Of the process and everything that it started. Zero where /proc does not tell.
std::size_t resident_bytes(int pid) {
  std::size_t pages = 0, resident_pages = 0;
  std::ifstream(fmt::format("/proc/{}/statm", pid)) >> pages >> resident_pages;
  std::size_t bytes = resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", pid));
  for (int child = 0; children >> child;) bytes += resident_bytes(child);
  return bytes;
}

ChildProcess::End end_of(const siginfo_t& end) {
  // A shell that waits for the process gives the signal this way.
  if (end.si_code == CLD_EXITED && end.si_status > 128 && end.si_status < 128 + SIGRTMIN)
    return {true, end.si_status - 128,
            fmt::format("ended (exit status {}, in a shell: killed by signal {}, {})", end.si_status, end.si_status - 128,
                        strsignal(end.si_status - 128))};
  if (end.si_code == CLD_EXITED) return {false, end.si_status, fmt::format("ended (exit status {})", end.si_status)};
  return {true, end.si_status, fmt::format("was killed by signal {} ({})", end.si_status, strsignal(end.si_status))};
}

} // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                           bool passes_errors_on)
    : passes_errors_on_(passes_errors_on) {
  std::vector<std::string> words = argv, entries = environment_with(environment);
  const std::vector<char*> word_pointers = pointers_to(words), entry_pointers = pointers_to(entries);
  const Pipe in = make_pipe(), out = make_pipe(), err = make_pipe(), status = make_pipe();
  const int writer = warden();
  pid_ = fork();
  if (pid_ == 0) become(word_pointers.data(), entry_pointers.data(), in.reader, out.writer, err.writer, status.writer, writer);
  int error = pid_ < 0 ? errno : 0;
  for (const int end : {in.reader, out.writer, err.writer, status.writer}) close(end);
  in_ = in.writer;
  out_ = out.reader;
  err_ = err.reader;
  for (const int stream : {in_, out_, err_}) fcntl(stream, F_SETFL, O_NONBLOCK);
  if (pid_ > 0) {
    // The child does the same; whoever comes first, the group exists from here on.
    setpgid(pid_, pid_);
    ssize_t count = 0;
    while ((count = read(status.reader, &error, sizeof error)) < 0 && errno == EINTR) {
    }
    if (count != sizeof error) error = 0;
  }
  close(status.reader);
  if (error != 0) {
    finish(std::chrono::milliseconds(0));
    throw std::system_error(error, std::generic_category(), argv.front());
  }
}

ChildProcess::~ChildProcess() { finish(std::chrono::milliseconds(0)); }

void ChildProcess::close_stream(int& stream) {
  if (stream >= 0) close(stream);
  stream = -1;
}

bool ChildProcess::read_output() {
  if (out_ < 0) return false;
  std::array<char, 65536> chunk;
  const ssize_t count = read(out_, chunk.data(), chunk.size());
  if (count > 0)
    received_.append(chunk.data(), static_cast<std::size_t>(count));
  else if (count == 0 || (errno != EINTR && errno != EAGAIN))
    close_stream(out_);
  return count > 0;
}

bool ChildProcess::read_errors() {
  if (err_ < 0) return false;
  std::array<char, 4096> chunk;
  const ssize_t count = read(err_, chunk.data(), chunk.size());
  if (count > 0) {
    const auto size = static_cast<std::size_t>(count);
    for (std::size_t written = 0; passes_errors_on_ && written < size;) {
      const ssize_t passed = write(STDERR_FILENO, chunk.data() + written, size - written);
      if (passed < 0 && errno == EINTR) continue;
      if (passed <= 0) break; // nobody reads ours: the kept words remain
      written += static_cast<std::size_t>(passed);
    }
    last_words_.append(chunk.data(), size);
    if (last_words_.size() > kept_words) last_words_.erase(0, last_words_.size() - kept_words);
  } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
    close_stream(err_);
  }
  return count > 0;
}

void ChildProcess::drain() {
  // A process that writes as fast as this reads must not keep us here.
  for (int chunks = 0; chunks < 64 && read_output(); ++chunks) {
  }
  for (int chunks = 0; chunks < 64 && read_errors(); ++chunks) {
  }
}

bool ChildProcess::has_ended() {
  if (pid_ <= 0) return true;
  siginfo_t end{};
  return waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED | WNOHANG | WNOWAIT) != 0 || end.si_pid == pid_;
}

ChildProcess::Outcome ChildProcess::exchange(std::string_view bytes, const std::function<bool(const std::string&)>& is_complete,
                                             Clock::time_point deadline, std::size_t memory_bytes) {
  const BrokenPipeIgnored quiet;
  // Its stdout may stay open in a grandchild after the process is gone, and memory has no descriptor: both are looked
  // at in this rhythm.
  const std::chrono::milliseconds rhythm(memory_bytes > 0 ? 10 : 50);
  bool listens = true;
  while (!is_complete(received_)) {
    if (out_ < 0) return Outcome::ended;
    const Clock::time_point now = Clock::now();
    if (now >= deadline) return Outcome::late;
    if (now >= next_look_) {
      if (has_ended()) {
        drain();
        return is_complete(received_) ? Outcome::done : Outcome::ended;
      }
      if (memory_bytes > 0 && resident_bytes(pid_) > memory_bytes) return Outcome::too_large;
      next_look_ = now + rhythm;
    }
    std::array<pollfd, 3> streams{{{out_, POLLIN, 0}, {err_, POLLIN, 0}, {listens && !bytes.empty() ? in_ : -1, POLLOUT, 0}}};
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::min(deadline, next_look_) - now);
    if (poll(streams.data(), streams.size(), static_cast<int>(wait.count())) < 0 && errno != EINTR)
      throw std::system_error(errno, std::generic_category(), "poll");
    if (streams[1].revents != 0) read_errors();
    if (streams[0].revents != 0) read_output();
    if (streams[2].revents != 0) {
      const ssize_t count = write(in_, bytes.data(), bytes.size());
      if (count > 0)
        bytes.remove_prefix(static_cast<std::size_t>(count));
      else if (count < 0 && errno != EINTR && errno != EAGAIN)
        listens = false; // it may still have something to say
    }
  }
  return Outcome::done;
}

std::optional<ChildProcess::End> ChildProcess::finish(std::chrono::milliseconds patience) {
  close_stream(in_);
  std::optional<End> how;
  if (pid_ > 0) {
    const Clock::time_point deadline = Clock::now() + patience;
    while (!has_ended() && Clock::now() < deadline) {
      drain();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const bool ended_by_itself = has_ended();
    // Before reaping: until then the number cannot belong to anybody else.
    kill(-pid_, SIGKILL);
    {
      const BrokenPipeIgnored quiet;
      tell_warden(warden(), -pid_);
    }
    siginfo_t end{};
    int result = 0;
    while ((result = waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED)) != 0 && errno == EINTR) {
    }
    if (ended_by_itself) how = result == 0 ? end_of(end) : End{false, 0, "ended"};
    pid_ = -1;
  }
  drain();
  close_stream(out_);
  close_stream(err_);
  return how;
}

} // namespace softmax_audit
