#include "properties/campaigns/bench.hpp"

#include "oracles/registry.hpp"
#include "properties/inputs/random.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// About this many elements a problem, in as many rows as that makes: what fits the caches, and a million in one row.
constexpr std::size_t elements_of_problem = 8192;
constexpr int rounds = 5;
// A measurement repeats the problem until it has taken this long.
constexpr double shortest_seconds = 0.004;
// fast alone, for the share of rows in each stage.
constexpr std::size_t rows_counted = 20000, elements_counted = 20480000;

struct Numbers {
  std::vector<double> x, dy;
  std::vector<std::int64_t> target;
  Problem problem;
};

double normal(Random& random) { // Box and Muller
  return std::sqrt(-2 * std::log(1 - random.unit())) * std::cos(6.283185307179586 * random.unit());
}

double logit(BenchRows rows, std::size_t i, Random& random) {
  switch (rows) {
    case BenchRows::all_equal: return 1.25;
    case BenchRows::half_masked: return i % 2 == 1 ? -infinity : 5 * normal(random);
    case BenchRows::spread_700: return 700 * normal(random);
    default: return 5 * normal(random);
  }
}

void fill(Numbers& numbers, const BenchCase& c, std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  const std::size_t elements = rows * c.length;
  numbers.x.resize(elements);
  for (std::size_t i = 0; i < elements; ++i) numbers.x[i] = round_to(c.format, logit(c.rows, i % c.length, random));
  if (c.operation == Operation::softmax_backward_from_output) // something like probabilities
    for (double& x : numbers.x) x = round_to(c.format, std::exp(-std::fabs(x)) / static_cast<double>(c.length));
  if (takes_upstream_gradient(c.operation)) {
    numbers.dy.resize(elements);
    for (double& g : numbers.dy) g = round_to(c.format, normal(random));
  }
  if (c.operation == Operation::cross_entropy) {
    numbers.target.resize(rows);
    for (std::int64_t& target : numbers.target) target = static_cast<std::int64_t>(random.below(c.length));
  }
  numbers.problem = {c.operation, c.format, rows, c.length, numbers.x, 1, numbers.dy, numbers.target};
}

using Run = std::function<void(const Problem&, std::span<Truth>)>;

double seconds_of(const Run& run, const Problem& problem, std::span<Truth> results) {
  const auto begin = std::chrono::steady_clock::now();
  int repetitions = 0;
  double seconds = 0;
  // In doublings, so that reading the clock costs nothing.
  for (int batch = 1; seconds < shortest_seconds; batch *= 2) {
    for (int k = 0; k < batch; ++k) run(problem, results);
    repetitions += batch;
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  return seconds / repetitions;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + rounds / 2, values.end());
  return values[rounds / 2];
}

} // namespace

std::vector<BenchCase> all_bench_cases() {
  std::vector<BenchCase> cases;
  for (std::size_t operation = 0; operation < operation_names.size(); ++operation)
    for (const Format format : formats) cases.push_back({static_cast<Operation>(operation), format, BenchRows::spread_5, 1024});
  for (const Format format : {Format::f32, Format::f64}) {
    for (const BenchRows rows : {BenchRows::all_equal, BenchRows::half_masked, BenchRows::spread_700})
      cases.push_back({Operation::softmax, format, rows, 1024});
    for (const std::size_t length : {std::size_t{2}, std::size_t{1000000}})
      cases.push_back({Operation::softmax, format, BenchRows::spread_5, length});
  }
  return cases;
}

std::vector<BenchLine> bench_oracles(const BenchCase& c, std::uint64_t seed) {
  Numbers numbers;
  fill(numbers, c, std::max<std::size_t>(1, elements_of_problem / c.length), seed);
  std::vector<Truth> results(result_count(numbers.problem));

  std::vector<BenchLine> lines;
  std::vector<Run> runs;
  const auto add = [&](std::string_view oracle, std::string_view instruction_set, Run run) {
    lines.push_back({c, oracle, instruction_set, 0, 0, std::nullopt});
    runs.push_back(std::move(run));
  };
  const auto add_oracle = [&](const Oracle& oracle) {
    add(oracle.name, "",
        [&oracle](const Problem& problem, std::span<Truth> into) { oracle.truths(problem, default_resolution, into); });
  };
  add_oracle(oracle_named("mpfr"));
  for (const Oracle* oracle : all_oracles())
    if (oracle->name != "mpfr" && oracle->name != "fast") add_oracle(*oracle);
  for (const std::string_view set : fast::instruction_sets())
    add("fast", set, [set](const Problem& problem, std::span<Truth> into) {
      fast::RowsDecided decided;
      fast::truths(problem, default_resolution, into, set, decided);
    });

  std::vector<std::vector<double>> seconds(runs.size()), ratios(runs.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t k = 0; k < runs.size(); ++k) {
      seconds[k].push_back(seconds_of(runs[k], numbers.problem, results));
      ratios[k].push_back(seconds[0].back() / seconds[k].back());
    }
  }
  const double elements = static_cast<double>(numbers.x.size());
  for (std::size_t k = 0; k < runs.size(); ++k) {
    lines[k].ns_per_element = median(seconds[k]) * 1e9 / elements;
    lines[k].ratio = median(ratios[k]);
  }

  // Other rows than those that were timed, and more of them.
  const std::size_t counted = std::max<std::size_t>(8, std::min(rows_counted, elements_counted / c.length));
  fast::RowsDecided decided;
  for (std::size_t done = 0; done < counted;) {
    const std::size_t rows = std::min<std::size_t>(counted - done, std::max<std::size_t>(1, 65536 / c.length));
    fill(numbers, c, rows, seed + 1 + done);
    results.resize(result_count(numbers.problem));
    const std::string_view set = fast::instruction_sets().empty() ? std::string_view() : fast::instruction_sets()[0];
    fast::truths(numbers.problem, default_resolution, results, set, decided);
    done += rows;
  }
  for (BenchLine& line : lines)
    if (line.oracle == "fast") line.decided = decided;
  return lines;
}

} // namespace softmax_audit
