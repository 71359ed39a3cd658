// How fast implementations are: nanoseconds an element on one thread, timed inside the process that runs them, beside a copy of the
// same bytes; and what it costs to ask them.
#pragma once

#include "impl/subject.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace softmax_audit {

struct Speed {
  const Subject* subject = nullptr;
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  std::size_t rows = 0, length = 0;
  double ns_per_element = 0;        // median of the runs
  double memcpy_ns_per_element = 0; // reading x and writing as much
  std::uint32_t runs = 0;
};

// Batches of 64 rows: what fits the first cache, the second, and none.
inline constexpr std::array<std::size_t, 3> speed_lengths{10, 1000, 100000};
inline constexpr std::size_t speed_rows = 64;

// Requires Ability::timing and the offer. Logits are normal with standard deviation 5. Throws Incident.
Speed speed_of(const Subject& subject, Operation operation, Format format, std::size_t rows, std::size_t length,
               std::uint64_t seed);

// How many times as long as `against` (nullptr: as copying the same bytes) the subject takes, measured in turns. The true ratio's median
// over such turns lies in [low, high] with a probability of 99.6 %.
struct SpeedRatio {
  double low = 0, median = 0, high = 0;
};
SpeedRatio speed_ratio(const Subject& subject, const Subject* against, Operation operation, Format format, std::size_t rows,
                       std::size_t length, std::uint64_t seed);

// What a question costs as the laws ask it, from the values of a row to the values of its results: ns an element, median of
// interleaved rounds, one figure for each of the ways to ask the same code.
std::vector<double> question_costs(std::span<const Subject> subjects, Format format, std::size_t rows, std::size_t length,
                                   std::uint64_t seed);

} // namespace softmax_audit
