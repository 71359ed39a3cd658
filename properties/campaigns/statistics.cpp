#include "properties/campaigns/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double steps_per_ulp = 256;
constexpr std::int64_t exact_steps = 4096; // 16 ulp
constexpr std::int64_t buckets_per_octave = 64;

std::int64_t bucket_of(std::int64_t steps) {
  const std::int64_t size = std::abs(steps);
  std::int64_t bucket = size;
  if (size > exact_steps) {
    const double octaves = std::log2(static_cast<double>(size) / static_cast<double>(exact_steps));
    bucket = exact_steps + 1 + static_cast<std::int64_t>(octaves * static_cast<double>(buckets_per_octave));
  }
  return steps < 0 ? -bucket : bucket;
}

// The largest |error| in ulp that falls into the bucket.
double upper_end(std::int64_t bucket) {
  if (bucket <= exact_steps) return static_cast<double>(bucket) / steps_per_ulp;
  const double octaves = static_cast<double>(bucket - exact_steps) / static_cast<double>(buckets_per_octave);
  return static_cast<double>(exact_steps) / steps_per_ulp * std::exp2(octaves);
}

// Ends of the display bucket that holds |error| = size ulp.
std::pair<double, double> display_bucket(double size) {
  constexpr double width = 0.125, linear_to = 4;
  if (size < linear_to) {
    const double from = std::floor(size / width) * width;
    return {from, from + width};
  }
  const int octave = std::ilogb(size);
  return octave >= 20 ? std::pair{0x1p20, infinity} : std::pair{std::ldexp(1.0, octave), std::ldexp(1.0, octave + 1)};
}

// The same buckets by number: 32 linear ones, 18 octaves, one that is open.
std::size_t display_index(double size) {
  if (size < 4) return static_cast<std::size_t>(size * 8);
  return static_cast<std::size_t>(30 + std::min(20, std::ilogb(size)));
}
std::pair<double, double> display_ends(std::size_t index) {
  return display_bucket(index < 32 ? static_cast<double>(index) / 8 : std::ldexp(1.0, static_cast<int>(index) - 30));
}

constexpr int nearest_octave = -3, farthest_octave = 10; // distances from 1/8 to 1024, in steps of 1, 1.5, 2, 3, 4 ...
double distance_edge(std::size_t index) {                // the lower end of column index >= 2
  const int half = static_cast<int>(index) - 2;
  return std::ldexp(half % 2 == 0 ? 1.0 : 1.5, nearest_octave + half / 2);
}
std::size_t distance_index(double distance) {
  if (distance == 0) return 0;
  if (distance < std::ldexp(1.0, nearest_octave)) return 1;
  const int octave = std::ilogb(distance);
  if (octave >= farthest_octave) return 2 + 2 * (farthest_octave - nearest_octave);
  const bool upper = distance >= std::ldexp(1.5, octave);
  return 2 + 2 * static_cast<std::size_t>(octave - nearest_octave) + (upper ? 1 : 0);
}

// A quarter of an ulp and less is the first bucket; then four an octave: 1, 1.25, 1.5, 1.75, 2 ...
constexpr int least_bound_octave = -2, most_bound_octave = 20;
double bound_edge(std::size_t index) { // the lower end of bucket index + 1
  return std::ldexp(1 + static_cast<double>(index % 4) / 4, least_bound_octave + static_cast<int>(index / 4));
}
std::size_t bound_index(double bound, std::size_t buckets) {
  if (!(bound < std::ldexp(1.0, most_bound_octave))) return buckets - 1;
  if (bound < std::ldexp(1.0, least_bound_octave)) return 0;
  const int octave = std::ilogb(bound);
  const auto quarter = static_cast<std::size_t>(4 * (std::ldexp(bound, -octave) - 1));
  return 1 + 4 * static_cast<std::size_t>(octave - least_bound_octave) + quarter;
}

} // namespace

void ErrorStatistics::add(double ulp_error) {
  const double limit = 0x1p61;
  const auto steps = static_cast<std::int64_t>(std::nearbyint(std::clamp(ulp_error * steps_per_ulp, -limit, limit)));
  ++counted_;
  largest_ = std::max(largest_, std::abs(steps));
  sum_ += std::abs(steps);
  signed_sum_ += steps;
  ++buckets_[bucket_of(steps)];
}

double ErrorStatistics::mean() const {
  return counted_ == 0 ? 0 : static_cast<double>(sum_) / steps_per_ulp / static_cast<double>(counted_);
}
double ErrorStatistics::signed_mean() const {
  return counted_ == 0 ? 0 : static_cast<double>(signed_sum_) / steps_per_ulp / static_cast<double>(counted_);
}

double ErrorStatistics::quantile(double share) const {
  std::map<std::int64_t, std::uint64_t> by_size;
  for (const auto& [bucket, number] : buckets_) by_size[std::abs(bucket)] += number;
  const double wanted = std::ceil(share * static_cast<double>(count()));
  double seen = 0;
  for (const auto& [bucket, number] : by_size) {
    seen += static_cast<double>(number);
    if (seen >= wanted) return std::min(upper_end(bucket), static_cast<double>(largest_) / steps_per_ulp);
  }
  return count() == 0 ? 0 : infinity;
}

std::vector<ErrorStatistics::Bucket> ErrorStatistics::histogram() const {
  std::map<std::pair<double, double>, std::uint64_t> display;
  for (const auto& [bucket, number] : buckets_) {
    // The middle of a wide bucket: its ends belong to neighbours.
    const double size = std::abs(bucket) <= exact_steps ? upper_end(std::abs(bucket))
                                                        : (upper_end(std::abs(bucket)) + upper_end(std::abs(bucket) - 1)) / 2;
    const auto [from, to] = display_bucket(size);
    display[bucket < 0 ? std::pair{-to, -from} : std::pair{from, to}] += number;
  }
  std::vector<Bucket> buckets;
  for (const auto& [ends, number] : display) buckets.push_back({ends.first, ends.second, number});
  return buckets;
}

ErrorDensity::Counts& ErrorDensity::counts_at(double distance, double ulp_bound) {
  if (counts_.empty()) counts_.resize(distances);
  Counts& counts = counts_[distance_index(distance)];
  if (counts.errors.empty()) {
    counts.errors.resize(2 * error_buckets);
    counts.bounds.resize(bound_buckets);
  }
  ++counts.bounds[bound_index(ulp_bound, bound_buckets)];
  counts.largest_bound = std::max(counts.largest_bound, ulp_bound);
  return counts;
}

void ErrorDensity::add(double distance, double ulp_error, double ulp_bound) {
  if (std::isinf(distance)) return;
  Counts& counts = counts_at(distance, ulp_bound);
  // The negative ones stand before the others, the farthest first.
  const std::size_t index = display_index(std::min(std::fabs(ulp_error), 0x1p30));
  ++counts.errors[ulp_error < 0 ? error_buckets - 1 - index : error_buckets + index];
}

void ErrorDensity::add_not_a_number(double distance, double ulp_bound) {
  if (!std::isinf(distance)) ++counts_at(distance, ulp_bound).not_a_number;
}

std::vector<ErrorDensity::Column> ErrorDensity::columns() const {
  std::vector<Column> columns;
  for (std::size_t d = 0; d < counts_.size(); ++d) {
    const Counts& counts = counts_[d];
    if (counts.errors.empty()) continue;
    Column column;
    column.from = d < 2 ? 0 : distance_edge(d);
    column.to = d == 0 ? 0 : d + 1 == distances ? infinity : distance_edge(d + 1);
    for (std::size_t e = 0; e < counts.errors.size(); ++e) {
      if (counts.errors[e] == 0) continue;
      const bool negative = e < error_buckets;
      const auto [from, to] = display_ends(negative ? error_buckets - 1 - e : e - error_buckets);
      column.errors.push_back({negative ? -to : from, negative ? -from : to, counts.errors[e]});
    }
    for (std::size_t b = 0; b < counts.bounds.size(); ++b)
      if (counts.bounds[b] > 0)
        column.bounds.push_back(
            {b == 0 ? 0 : bound_edge(b - 1), b + 1 == bound_buckets ? infinity : bound_edge(b), counts.bounds[b]});
    column.largest_bound = counts.largest_bound;
    column.not_a_number = counts.not_a_number;
    columns.push_back(std::move(column));
  }
  return columns;
}

} // namespace softmax_audit
