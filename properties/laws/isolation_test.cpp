// Code that damages the process that it runs in, each in a runner of its own: one law of isolation breaks it and no other, with a
// small row and in words, and the audit goes on.
#include "impl/foreign/worker.hpp"
#include "impl/registry.hpp"
#include "oracles/registry.hpp"
#include "properties/campaigns/check.hpp"
#include "scripts/catch.hpp"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

struct Expected {
  std::string_view seen;     // part of what the finding says
  std::size_t length = 1;    // of the smallest row that shows it; 0: depends on the machine or on luck
  bool answers_right = true; // on an ordinary row, asked alone
};

const std::map<std::string_view, Expected>& expected() {
  static const std::map<std::string_view, Expected> all{
      {"reads_pairs_of_logits", {"read at byte 0 after the end of x"}},
      {"reads_the_element_before", {"read 8 bytes before the beginning of x"}},
      {"reads_unmasked_vector_in_tail", {"read at byte 0 after the end of x", 7}},
      {"reads_second_of_single", {"read at byte 0 after the end of x"}},
      {"reads_results_before_partial_store", {"read at byte 0 after the end of y"}},
      {"reads_gradient_to_whole_vector", {"read at byte 0 after the end of dy"}},
      {"reads_target_of_the_next_row", {"read at byte 0 after the end of target"}},
      {"reads_halves_as_words", {"read at byte 0 after the end of x"}},
      {"writes_sum_behind_results", {"wrote at byte 0 after the end of y"}},
      {"writes_before_results", {"wrote 4 bytes before the beginning of y"}},
      {"pads_results_to_eight", {"wrote at byte 0 after the end of y"}},
      {"stores_whole_vector_over_tail", {"wrote at byte 0 after the end of y", 3}},
      {"writes_between_rows", {"wrote between the rows of its results, after row 0"}},
      {"stores_four_where_one_is_due", {"wrote at byte 0 after the end of y"}},
      {"scales_logits_in_place", {"wrote to its input x, at byte 0"}},
      {"swaps_maximum_to_front", {"wrote to its input x, at byte 0", 2}},
      {"writes_upstream_gradient", {"wrote to its input dy, at byte 0"}},
      {"clamps_targets_in_place", {"wrote to its input target, at byte 0"}},
      {"leaves_rounding_upward", {"changed the rounding mode", 16}},
      {"leaves_flush_to_zero", {"changed flush-to-zero", 2}},
      {"leaves_denormals_are_zero", {"changed denormals-are-zero", 8}},
      {"leaves_traps_unmasked", {"changed the floating-point exceptions that trap", 4}},
      {"leaves_x87_in_single_precision", {"changed the precision of the x87", 2}},
      {"adds_to_results", {"depend on what y held before", 1, false}},
      {"starts_maximum_from_results", {"depend on what y held before"}},
      {"skips_vanishing_results", {"depend on what y held before", 2}},
      {"keeps_scratch_of_longest_row", {"depend on what it was asked before", 1, false}},
      {"keeps_maximum_of_address", {"depend on what it was asked before", 0}},
      {"shares_scratch_between_threads", {"gave other bits than alone", 0}},
      {"sums_in_order_of_arrival", {"", 0}}, // 3 or 4: its order depends on how often it was called before
      {"hangs_on_nan", {"no answer within"}},
      {"counts_tail_down_past_zero", {"no answer within", 5}},
      {"grows_scratch_without_end", {"needed more than the 128 MiB of resident memory"}},
      {"recurses_by_element", {"used more than its stack of", 0}},
      {"copies_row_to_stack", {"used more than its stack of", 0}},
      {"asserts_finite_logits", {"was killed by signal 6 (Aborted)"}},
      {"divides_by_number_of_blocks", {"was killed by signal 8 (Floating point exception)"}},
      {"reads_absent_mask", {"was killed by signal 11 (Segmentation fault)"}},
      {"dispatches_to_absent_instructions", {"was killed by signal 4 (Illegal instruction)", 16}},
      {"exits_on_infinity", {"ended (exit status 0) while answering a row of 1"}},
      {"ends_process_of_long_rows", {"ended (exit status 0) while answering a row of 500", 500}},
      {"throws_on_nan", {"throws_on_nan threw: the sum is not a number"}},
      {"prints_on_nan", {"to standard output"}},
      {"writes_to_descriptor_one", {"printed 1 byte to standard output"}},
      {"forks_without_waiting", {"started a process", 7}},
      {"spawns_a_program", {"started a process", 9}},
      {"closes_standard_output", {"closed standard output", 3}},
      {"closes_all_descriptors", {"lost its connection, which the subject closed", 4}},
      {"leaves_descriptor_open", {"left descriptor", 2}},
  };
  return all;
}

// What the report of one fault says; empty: as expected.
std::vector<std::string> wrong_about(const Implementation& fault) {
  std::vector<std::string> wrong;
  const auto say = [&](std::string_view law, const std::string& what) {
    wrong.push_back(std::string(fault.name) + ", " + std::string(law) + ": " + what);
  };
  const auto found = expected().find(fault.name);
  if (found == expected().end()) return {std::string(fault.name) + " is not in the table of this test"};
  const Expected& want = found->second;
  CheckOptions few;
  few.generated = 512; // 64 of most laws: four of them with special values
  few.shrinks = want.length != 0;
  for (const Subject& subject : watched_subjects_of(fault, runner_beside_program())) {
    const Offer offer = subject.offers[0];
    for (const Property* law : all_properties()) {
      if (!law->isolation || !applies(*law, subject, offer.operation, offer.format)) continue;
      const Verdict verdict = check(*law, subject, offer.operation, offer.format, few, default_oracle());
      const std::string outcome(name(verdict.outcome));
      if (law->name != fault.breaks[0].property) {
        const bool is_fine =
            verdict.outcome == Outcome::holds || verdict.outcome == Outcome::skipped || verdict.outcome == Outcome::vacuous;
        if (!is_fine) say(law->name, outcome + " " + verdict.incident);
        continue;
      }
      if (verdict.outcome != Outcome::broken) {
        say(law->name, outcome + " " + verdict.incident);
        continue;
      }
      const std::size_t length = verdict.witness->x.size();
      if (want.length != 0 && length != want.length) say(law->name, "a row of " + std::to_string(length));
      if (verdict.incident.find(want.seen) == std::string::npos) say(law->name, "seen: " + verdict.incident);
    }
    if (!want.answers_right) continue;
    CheckOptions ordinary;
    ordinary.only = Case{};
    ordinary.only->x = {0.5, -1.25, 2, 0.75, -0.5, 1};
    if (offer.operation == Operation::softmax_backward) ordinary.only->dy = {1, 0, -2, 0.5, 3, 0};
    for (const Property* law : all_properties()) {
      if (law->name != "is_accurate") continue;
      const Verdict verdict = check(*law, subject, offer.operation, offer.format, ordinary, default_oracle());
      if (verdict.outcome != Outcome::holds) say(law->name, std::string(name(verdict.outcome)) + " " + verdict.incident);
    }
  }
  return wrong;
}

// Processes that descend from this one, ended but not reaped ones not counted.
std::size_t living_descendants(int pid) {
  std::size_t count = 0;
  std::error_code none;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", none)) {
    std::ifstream children(task.path() / "children");
    for (int child = 0; children >> child;) {
      std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
      std::string number, name;
      char state = 'X';
      stat >> number >> name >> state;
      if (name == "(audit-warden)") continue; // lives as long as this program
      count += (state != 'X' && state != 'Z') + living_descendants(child);
    }
  }
  return count;
}

} // namespace

TEST_CASE("isolation / each hostile fault is broken by the law that it names and by no other law of isolation") {
  std::vector<const Implementation*> hostile;
  for (const Implementation* fault : all_faults())
    if (fault->runs_apart && !watched_subjects_of(*fault, runner_beside_program()).empty()) hostile.push_back(fault);
  REQUIRE(hostile.size() >= 32);
  std::vector<std::string> wrong;
  {
    std::mutex mutex;
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t k = next++; k < hostile.size(); k = next++) {
        std::vector<std::string> of_fault = wrong_about(*hostile[k]);
        const std::lock_guard lock(mutex);
        wrong.insert(wrong.end(), of_fault.begin(), of_fault.end());
      }
    };
    // What hangs or dies mostly waits.
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
  }
  for (const std::string& sentence : wrong) UNSCOPED_INFO(sentence);
  CHECK(wrong.empty());
  for (int patience = 0; patience < 100 && living_descendants(getpid()) > 0; ++patience)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(living_descendants(getpid()) == 0);
}

TEST_CASE("isolation / every law of isolation is named by a hostile fault") {
  std::set<std::string_view> named;
  for (const Implementation* fault : all_faults())
    if (fault->runs_apart) named.insert(fault->breaks[0].property);
  for (const Property* law : all_properties()) {
    if (!law->isolation) continue;
    INFO(std::string(law->name));
    CHECK(named.contains(law->name));
  }
}

TEST_CASE("isolation / sound code holds every law of isolation") {
  for (const Implementation* implementation : all_implementations()) {
    if (implementation->name != "shifted") continue;
    const Subject subject = watched_subjects_of(*implementation, runner_beside_program())[0];
    CheckOptions few;
    few.generated = 256;
    for (const Offer& offer : subject.offers)
      for (const Property* law : all_properties()) {
        if (!law->isolation || !applies(*law, subject, offer.operation, offer.format)) continue;
        const Verdict verdict = check(*law, subject, offer.operation, offer.format, few, default_oracle());
        INFO(std::string(law->name) << " " << name(offer.operation) << " " << name(offer.format) << " " << verdict.incident);
        CHECK(verdict.outcome == Outcome::holds);
      }
  }
}
