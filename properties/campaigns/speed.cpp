#include "properties/campaigns/speed.hpp"

#include "properties/inputs/random.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

namespace softmax_audit {
namespace {

using Clock = std::chrono::steady_clock;
// A measurement takes about this long, in runs of which the median counts.
constexpr double seconds_of_measurement = 0.05;
constexpr std::uint32_t fewest_runs = 5, most_runs = 1001;
constexpr int rounds = 15;

struct Numbers {
  std::vector<double> x, dy;
  std::vector<std::int64_t> target;
  Problem problem;
};

// Numbers of the format of the results and of that of the logits, where it is another one.
Numbers numbers_for(Operation operation, Format format, std::optional<Format> format_of_x, std::size_t rows, std::size_t length,
                    std::uint64_t seed) {
  Numbers numbers;
  const auto rounded = [&](double value) { return round_to(format, round_to(format_of_x.value_or(format), value)); };
  Random random(seed);
  numbers.x.resize(rows * length);
  for (double& x : numbers.x) x = rounded(5 * random.normal());
  if (operation == Operation::softmax_backward_from_output) // something like probabilities
    for (double& x : numbers.x) x = rounded(std::exp(-std::fabs(x)) / static_cast<double>(length));
  if (takes_upstream_gradient(operation)) {
    numbers.dy.resize(numbers.x.size());
    for (double& g : numbers.dy) g = rounded(random.normal());
  }
  if (operation == Operation::cross_entropy)
    for (std::size_t r = 0; r < rows; ++r) numbers.target.push_back(static_cast<std::int64_t>(random.below(length)));
  numbers.problem = {operation, format, rows, length, numbers.x, 1, numbers.dy, numbers.target};
  return numbers;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double nanoseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
}

double memcpy_nanoseconds(std::size_t bytes, std::uint32_t runs) {
  std::vector<std::byte> from(bytes, std::byte{1}), to(bytes);
  std::vector<double> times;
  for (std::uint32_t k = 0; k < runs; ++k) {
    const auto begin = Clock::now();
    std::memcpy(to.data(), from.data(), bytes);
    asm volatile("" : : "r"(to.data()) : "memory"); // the copy is wanted
    times.push_back(nanoseconds_since(begin));
  }
  return median(std::move(times));
}

} // namespace

Speed speed_of(const Subject& subject, Operation operation, Format format, std::size_t rows, std::size_t length,
               std::uint64_t seed) {
  const Numbers numbers = numbers_for(operation, format, subject.format_of_x, rows, length, seed);
  Placement placement;
  placement.repeats = 2; // the first call of a shape may prepare it
  const double once = subject.run_watched(numbers.problem, placement).nanoseconds;
  const double wanted = seconds_of_measurement * 1e9 / std::max(once, 1.0);
  placement.repeats = static_cast<std::uint32_t>(std::clamp<double>(wanted, fewest_runs, most_runs));
  const auto elements = static_cast<double>(rows * length);
  const std::size_t bytes = rows * length * static_cast<std::size_t>(traits(format).storage_bits) / 8;
  return {&subject,
          operation,
          format,
          rows,
          length,
          subject.run_watched(numbers.problem, placement).nanoseconds / elements,
          memcpy_nanoseconds(bytes, std::max<std::uint32_t>(placement.repeats, 51)) / elements,
          placement.repeats};
}

SpeedRatio speed_ratio(const Subject& subject, const Subject* against, Operation operation, Format format, std::size_t rows,
                       std::size_t length, std::uint64_t seed) {
  // Order statistics 6 and 20 of 25 enclose the median unless 5 or fewer, or 20 or more, of 25 fair coins show heads: 0.41 %.
  constexpr std::size_t turns = 25, below = 5, above = 19;
  constexpr double seconds_a_turn = 0.002;
  const Numbers numbers = numbers_for(operation, format, subject.format_of_x, rows, length, seed);
  const std::size_t bytes = rows * length * static_cast<std::size_t>(traits(format).storage_bits) / 8;
  const auto repeats_of = [&](double nanoseconds) {
    return static_cast<std::uint32_t>(std::clamp<double>(seconds_a_turn * 1e9 / std::max(nanoseconds, 1.0), 3, most_runs));
  };
  const auto time = [&](const Subject* timed, std::uint32_t repeats) {
    if (!timed) return memcpy_nanoseconds(bytes, repeats);
    Placement placement;
    placement.repeats = repeats;
    return timed->run_watched(numbers.problem, placement).nanoseconds;
  };
  (void)time(&subject, 2); // the first call of a shape may prepare it
  (void)time(against, 2);
  const std::uint32_t repeats = repeats_of(time(&subject, 3)), repeats_against = repeats_of(time(against, 3));
  std::vector<double> ratios;
  for (std::size_t turn = 0; turn < turns; ++turn) {
    const double of_subject = time(&subject, repeats);
    ratios.push_back(of_subject / std::max(time(against, repeats_against), 1e-3));
  }
  std::sort(ratios.begin(), ratios.end());
  return {ratios[below], ratios[turns / 2], ratios[above]};
}

std::vector<double> question_costs(std::span<const Subject> subjects, Format format, std::size_t rows, std::size_t length,
                                   std::uint64_t seed) {
  const Numbers numbers = numbers_for(Operation::softmax, format, std::nullopt, rows, length, seed);
  std::vector<std::vector<double>> times(subjects.size());
  for (int round = 0; round <= rounds; ++round)
    for (std::size_t k = 0; k < subjects.size(); ++k) {
      const auto begin = Clock::now();
      (void)subjects[k].run(numbers.problem);
      if (round > 0)
        times[k].push_back(nanoseconds_since(begin) / static_cast<double>(rows * length)); // the first starts processes
    }
  std::vector<double> medians;
  for (std::vector<double>& of_subject : times) medians.push_back(median(std::move(of_subject)));
  return medians;
}

} // namespace softmax_audit
