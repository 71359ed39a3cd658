#include "reports/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace softmax_audit {

using Clock = std::chrono::steady_clock;

Progress::Progress(std::string_view what, std::string_view unit, std::size_t work)
    : what_(what), unit_(unit), work_(work), begin_(Clock::now()), terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::step(std::string_view doing, std::size_t weight) {
  const std::lock_guard lock(mutex_);
  doing_ = doing;
  done_ += weight_;
  weight_ = weight;
  draw();
}

void Progress::count(std::size_t units) {
  const std::lock_guard lock(mutex_);
  units_ += units;
  draw();
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  if (!visible_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  visible_ = false;
}

void Progress::draw() {
  constexpr std::chrono::milliseconds between_drawings{100};
  if (!terminal_ || Clock::now() - drawn_ < between_drawings) return;
  drawn_ = Clock::now();
  const double seconds = std::chrono::duration<double>(drawn_ - begin_).count();
  const double done = work_ == 0 ? 0 : static_cast<double>(done_) / static_cast<double>(work_);
  const std::string left = done > 0 ? fmt::format("{:.0f} s left", seconds / done - seconds) : "";
  const std::string line = fmt::format("{} {:3.0f} %  {:.0f} {}/s  {}  {}", what_, 100 * done,
                                       seconds > 0 ? static_cast<double>(units_) / seconds : 0.0, unit_, left, doing_);
  std::fputs(("\r\033[K" + line.substr(0, 100)).c_str(), stderr);
  std::fflush(stderr);
  visible_ = true;
}

} // namespace softmax_audit
