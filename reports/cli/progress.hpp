// How far a long run is: share, rate and time left, on stderr, and only where somebody watches a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace softmax_audit {

class Progress {
public:
  // `unit` is what the rate counts ("cases", "elements"); `work` is what the weights of all steps will add up to.
  Progress(std::string_view what, std::string_view unit, std::size_t work);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void step(std::string_view doing, std::size_t weight = 1); // the one before is done
  void count(std::size_t units);
  void clear(); // before something else is printed

private:
  void draw();
  std::mutex mutex_; // every call may come from any thread
  std::string what_, unit_, doing_;
  std::size_t work_, done_ = 0, weight_ = 0; // weight_: of the step under way
  std::uint64_t units_ = 0;
  std::chrono::steady_clock::time_point begin_, drawn_{};
  bool terminal_, visible_ = false;
};

} // namespace softmax_audit
