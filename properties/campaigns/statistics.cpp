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

} // namespace softmax_audit
