// Statistics of ulp errors that merge exactly: counts and integers only, so the order of adding never shows.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace softmax_audit {

// Errors are kept in steps of 2^-8 ulp, the truth's default resolution, so for errors below 16 ulp nothing is lost. Above, 64
// buckets an octave keep a relative 1.1 %.
class ErrorStatistics {
public:
  void add(double ulp_error);
  void add_not_a_number() { ++not_a_number_; }

  std::uint64_t count() const { return counted_ + not_a_number_; }
  std::uint64_t not_a_number() const { return not_a_number_; }
  double mean() const;        // of |error|, numbers only
  double signed_mean() const; // of error, numbers only
  // The least bucket bound, or the largest error if that is less, that at least `share` of |error| stay within; infinity when
  // that many are not numbers.
  double quantile(double share) const;

  struct Bucket {
    double from, to;
    std::uint64_t count;
  };
  // For display: signed, an eighth of an ulp wide up to 4 ulp, then octaves up to 2^20, then open.
  std::vector<Bucket> histogram() const;

private:
  std::uint64_t counted_ = 0, not_a_number_ = 0;
  std::int64_t largest_ = 0;           // in steps, by size
  __extension__ using Wide = __int128; // 2^62 steps times 2^64 elements do not overflow it
  Wide sum_ = 0, signed_sum_ = 0;
  std::map<std::int64_t, std::uint64_t> buckets_; // by signed bucket index
};

// How errors and proved bounds lie over the distance m - x_i of a logit from the row's largest: counts only, so any two merge exactly.
class ErrorDensity {
public:
  // distance >= 0; an infinite one (a masked logit) is not counted.
  void add(double distance, double ulp_error, double ulp_bound);
  void add_not_a_number(double distance, double ulp_bound);

  struct Column {
    double from = 0, to = 0;                     // from <= distance < to; 0, 0: the largest logits themselves
    std::vector<ErrorStatistics::Bucket> errors; // signed; the histogram's buckets
    std::vector<ErrorStatistics::Bucket> bounds; // of the same elements, in ulp, four buckets an octave
    double largest_bound = 0;
    std::uint64_t not_a_number = 0;
  };
  std::vector<Column> columns() const; // that are not empty, ascending

private:
  // The largest themselves, below 1/8, half octaves up to 1024, beyond.
  static constexpr std::size_t distances = 29;
  static constexpr std::size_t error_buckets = 51; // of each sign
  static constexpr std::size_t bound_buckets = 90;
  struct Counts {
    std::vector<std::uint64_t> errors, bounds; // empty until the first element comes
    double largest_bound = 0;
    std::uint64_t not_a_number = 0;
  };
  Counts& counts_at(double distance, double ulp_bound);
  std::vector<Counts> counts_;
};

} // namespace softmax_audit
