// Law      the same call from several threads at once gives what one thread alone gets.
// Source   a function of its arguments: properties/README.md, "Placement".
// Basis    theorem, within both bounds; bit for bit is a contract.
// Needs    an ordinary row. Four threads make the call sixteen times each, after one another has made it alone.
// Note     what races shows only by luck; code that keeps a buffer between calls is told from this by its isolation (impl/foreign/).
#include "properties/laws/row_facts.hpp"

#include <exception>
#include <mutex>
#include <thread>

namespace softmax_audit {
namespace {

constexpr std::size_t threads = 4, calls = 16;

Finding measure(const Subject& subject, const Case& c, const Oracle& oracle, int resolution) {
  const Answered answer = answered(subject, question_of(c), oracle, resolution);
  std::vector<double> different = answer.y; // the first answer that is not the same
  std::mutex mutex;
  std::exception_ptr thrown;
  const auto call = [&] {
    try {
      for (std::size_t k = 0; k < calls; ++k) {
        const std::vector<double> y = subject.run_placed(question_of(c), {}).y;
        if (std::equal(y.begin(), y.end(), answer.y.begin(), &same_bits)) continue;
        const std::lock_guard lock(mutex);
        different = y;
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      thrown = std::current_exception();
    }
  };
  std::vector<std::thread> pool;
  for (std::size_t t = 0; t < threads; ++t) pool.emplace_back(call);
  for (std::thread& thread : pool) thread.join();
  if (thrown) std::rethrow_exception(thrown);
  return compare_answers(answer, different, answer.bound, in_place(c), subject, c, Contract::threads, true);
}

} // namespace

namespace laws {
extern constinit const Property repeats_across_threads{
    .name = "repeats_across_threads",
    .statement = "the same call from four threads at once: |y_i - y_i alone| <= 2 B(x)_i",
    .source = "properties/README.md#placement",
    .needs = "scale * x finite or -inf, and some of it finite",
    .means = "Calls from several threads at once disturb each other: under load a server gives answers that a single request "
             "never gives.",
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::threads},
    .contract = Contract::threads,
    .cost = 32,
    .arrange = &keep_row,
    .admits = &is_ordinary,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
