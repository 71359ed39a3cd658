#include "impl/foreign/watch.hpp"

#include "impl/foreign/wire.hpp"

#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <cfenv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace softmax_audit {
namespace {

// Few programs have so many descriptors that this number is one of theirs.
constexpr int far_away = 700;

// Code that forks for every row, and whose copies go on with the rows that follow, doubles with each. A copy may do what it was made
// for; a copy of a copy ends at once.
void end_second_copies() {
  pthread_atfork(nullptr, nullptr, [] {
    static int generation = 0;
    if (++generation > 1) _exit(0);
  });
}

bool is_open(int descriptor) { return fcntl(descriptor, F_GETFD) >= 0; }

long page_faults_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

// Every thread of a process has those that it started.
std::vector<pid_t> living_children() {
  std::vector<pid_t> all;
  std::error_code none;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", none)) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) all.push_back(child);
  }
  return all;
}

// Told with the call that started them, and not again with every later one while they run.
std::vector<pid_t>& known_children() {
  static std::vector<pid_t> all;
  return all;
}

} // namespace

void Sighting::add(Deed deed, const std::string& words) {
  deeds.add(deed);
  if (text.find(words) != std::string::npos) return;
  if (!text.empty()) text += "; ";
  text += words;
}

Wire take_wire() {
  Wire wire;
  wire.in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  wire.out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  wire.spare_in = fcntl(wire.in, F_DUPFD_CLOEXEC, far_away);
  wire.spare_out = fcntl(wire.out, F_DUPFD_CLOEXEC, far_away);
  wire.printed = memfd_create("standard output", MFD_CLOEXEC);
  if (wire.printed >= 0) wire.printed = fcntl(wire.printed, F_DUPFD_CLOEXEC, far_away);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (wire.in < 0 || wire.out < 0 || wire.spare_in < 0 || wire.spare_out < 0 || wire.printed < 0 || nothing < 0 ||
      dup2(nothing, STDIN_FILENO) < 0 || dup2(wire.printed, STDOUT_FILENO) < 0)
    throw std::system_error(errno, std::generic_category(), "runner: cannot take over stdin and stdout");
  close(nothing);
  fcntl(STDOUT_FILENO, F_SETFL, O_APPEND);
  // What is printed is seen after the call that printed it.
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  // Whoever a process that we started leaves behind becomes ours, and is seen.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  end_second_copies();
  return wire;
}

std::size_t pass_on_prints(const Wire& wire) {
  struct stat file {};
  if (fstat(wire.printed, &file) != 0 || file.st_size == 0) return 0;
  std::array<char, 4096> chunk;
  off_t at = 0;
  for (ssize_t count = 0; (count = pread(wire.printed, chunk.data(), chunk.size(), at)) > 0; at += count)
    if (write(STDERR_FILENO, chunk.data(), static_cast<std::size_t>(count)) < 0) break;
  if (ftruncate(wire.printed, 0) != 0) return 0;
  return static_cast<std::size_t>(file.st_size);
}

Watch::FloatEnvironment Watch::float_environment() {
  FloatEnvironment environment;
  environment.rounding = std::fegetround();
#if defined(__x86_64__)
  environment.sse = _mm_getcsr() & 0xFFC0u;
  asm volatile("fnstcw %0" : "=m"(environment.x87));
#endif
  return environment;
}

std::vector<int> Watch::open_descriptors() {
  std::vector<int> all;
  DIR* folder = opendir("/proc/self/fd");
  if (!folder) return all;
  while (const dirent* entry = readdir(folder))
    if (entry->d_name[0] != '.') all.push_back(std::atoi(entry->d_name));
  const int own = dirfd(folder);
  std::erase(all, own);
  closedir(folder);
  std::sort(all.begin(), all.end());
  return all;
}

Watch::Watch(Wire& wire, bool descriptors_too)
    : wire_(wire), process_(getpid()), children_page_faults_(page_faults_of_children()), descriptors_too_(descriptors_too) {
  if (descriptors_too_) descriptors_before_ = open_descriptors();
  float_before_ = float_environment();
}

// The next row must not pay for what this one changed: everything is put back.
void Watch::compare_float_environment(Sighting& sighting) const {
  const FloatEnvironment after = float_environment();
  if (after.rounding == float_before_.rounding && after.sse == float_before_.sse && after.x87 == float_before_.x87) return;
  const unsigned changed = after.sse ^ float_before_.sse;
  const auto x87_changed = static_cast<unsigned>(after.x87 ^ float_before_.x87);
  const auto saw = [&](bool is_so, std::string_view what) {
    if (is_so) sighting.add(Deed::changes_environment, fmt::format("changed {}", what));
  };
  saw(after.rounding != float_before_.rounding || (changed & 0x6000u) != 0 || (x87_changed & 0x0C00u) != 0,
      "the rounding mode");
  saw((changed & 0x8000u) != 0, "flush-to-zero");
  saw((changed & 0x0040u) != 0, "denormals-are-zero");
  saw((changed & 0x1F80u) != 0 || (x87_changed & 0x003Fu) != 0, "the floating-point exceptions that trap");
  saw((x87_changed & 0x0300u) != 0, "the precision of the x87");
  std::fesetround(float_before_.rounding);
#if defined(__x86_64__)
  _mm_setcsr((_mm_getcsr() & ~0xFFC0u) | float_before_.sse);
  asm volatile("fldcw %0" : : "m"(float_before_.x87));
#endif
}

void Watch::compare_descriptors(Sighting& sighting) const {
  // Ours first: without them nothing can be told.
  const auto restore = [&](int descriptor, int from, std::string_view what) {
    if (is_open(descriptor)) return;
    sighting.add(Deed::touches_descriptors, fmt::format("closed {}", what));
    if (!is_open(from) || dup2(from, descriptor) < 0) _exit(wire_is_gone);
    if (descriptor > STDERR_FILENO) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  };
  restore(wire_.in, wire_.spare_in, "a descriptor of its caller");
  restore(wire_.out, wire_.spare_out, "a descriptor of its caller");
  restore(wire_.spare_in, wire_.in, "a descriptor of its caller");
  restore(wire_.spare_out, wire_.out, "a descriptor of its caller");
  if (!is_open(wire_.printed)) _exit(wire_is_gone);
  restore(STDOUT_FILENO, wire_.printed, "standard output");
  if (!descriptors_too_) return;
  for (const int stream : {STDIN_FILENO, STDERR_FILENO}) {
    if (is_open(stream)) continue;
    sighting.add(Deed::touches_descriptors, stream == STDIN_FILENO ? "closed standard input" : "closed standard error");
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing != stream && dup2(nothing, stream) >= 0) close(nothing);
  }
  const std::vector<int> after = open_descriptors();
  std::vector<int> closed, opened;
  std::set_difference(descriptors_before_.begin(), descriptors_before_.end(), after.begin(), after.end(),
                      std::back_inserter(closed));
  std::set_difference(after.begin(), after.end(), descriptors_before_.begin(), descriptors_before_.end(),
                      std::back_inserter(opened));
  if (!closed.empty()) sighting.add(Deed::touches_descriptors, fmt::format("closed descriptor {}", fmt::join(closed, ", ")));
  // A library may open what it keeps. Who does it again and again runs out of them.
  static int times_left_open = 0;
  if (!opened.empty() && ++times_left_open >= 3)
    sighting.add(Deed::touches_descriptors, fmt::format("left descriptor {} open", fmt::join(opened, ", ")));
}

void Watch::finish(Sighting& sighting) {
  // A copy of this process that the code made returns here, too, and must not answer.
  if (getpid() != process_) _exit(0);
  compare_float_environment(sighting);
  compare_descriptors(sighting);
  if (const std::size_t bytes = pass_on_prints(wire_))
    sighting.add(Deed::prints, fmt::format("printed {} byte{} to standard output", bytes, bytes == 1 ? "" : "s"));
  look_for_processes(sighting);
}

void Watch::look_for_processes(Sighting& sighting) const {
  std::vector<pid_t>& known = known_children();
  bool started = page_faults_of_children() != children_page_faults_;
  pid_t child = 0;
  for (int ended = 0, status = 0; ended < 64 && (child = waitpid(-1, &status, WNOHANG | __WALL)) > 0; ++ended)
    started |= std::erase(known, child) == 0;
  if (child == 0) { // some run
    std::vector<pid_t> running = living_children();
    started |= std::any_of(running.begin(), running.end(),
                           [&](pid_t one) { return std::find(known.begin(), known.end(), one) == known.end(); });
    known = std::move(running);
  }
  if (started) sighting.add(Deed::starts_process, "started a process");
}

} // namespace softmax_audit
