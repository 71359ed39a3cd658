#include "properties/inputs/shrink.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <tuple>

namespace softmax_audit {
namespace {

using Clock = std::chrono::steady_clock;

int significant_bits(double value) {
  int exponent = 0;
  const auto significand = static_cast<std::uint64_t>(std::ldexp(std::fabs(std::frexp(value, &exponent)), 53));
  return 64 - std::countl_zero(significand) - std::countr_zero(significand);
}

// Smaller is simpler. 0 and 1 come first, then few bits and a small exponent; what is not finite comes last.
std::tuple<int, int, bool> complexity(double value) {
  if (!std::isfinite(value)) return {100, 0, false};
  if (value == 0) return {0, 0, std::signbit(value)};
  return {significant_bits(value), std::abs(std::ilogb(value)), value < 0};
}

// Keeps `bits` significant bits of value, towards zero.
double truncated(double value, int bits) {
  const int spacing = std::ilogb(value) - bits + 1;
  return std::ldexp(std::trunc(std::ldexp(value, -spacing)), spacing);
}

std::vector<double> simpler_values(const Case& c, double value) {
  std::vector<double> candidates{0, 1, -1};
  if (std::isfinite(value) && value != 0) {
    candidates.push_back(-value);
    for (const int bits : {1, 2, 3, 4, 6, 8, 12, 16, 24, 32}) {
      const double low = truncated(value, bits);
      candidates.push_back(low);
      candidates.push_back(low + std::copysign(std::ldexp(1.0, std::ilogb(value) - bits + 1), value));
    }
    // Exponents by bisection towards 0, with all bits kept and with one.
    for (int e = std::ilogb(value), step = e / 2; step != 0; step /= 2) {
      candidates.push_back(std::ldexp(value, -step));
      candidates.push_back(std::copysign(std::ldexp(1.0, e - step), value));
    }
    candidates.push_back(value > 0 ? std::floor(value) : std::ceil(value));
  }
  // A value that stands in the row already; in long rows the nearest to the front are enough.
  constexpr std::size_t most_others = 64;
  for (std::size_t i = 0; i < std::min(c.x.size(), most_others); ++i) candidates.push_back(c.x[i]);
  std::erase_if(candidates, [&](double candidate) {
    return !is_representable(c.format, candidate) || std::isnan(candidate) || !(complexity(candidate) < complexity(value));
  });
  std::sort(candidates.begin(), candidates.end(), [](double a, double b) { return complexity(a) < complexity(b); });
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  return candidates;
}

Case without(const Case& c, std::size_t begin, std::size_t count) {
  Case shorter = c;
  const auto cut = [begin, count](std::vector<double>& values) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(begin);
    values.erase(first, first + static_cast<std::ptrdiff_t>(count));
  };
  cut(shorter.x);
  if (!shorter.dy.empty()) cut(shorter.dy);
  // What points into the row keeps pointing at the same element, or at the one that took its place.
  const auto follow = [&](std::size_t index) {
    const std::size_t moved = index < begin ? index : index < begin + count ? begin : index - count;
    return std::min(moved, shorter.x.size() - 1);
  };
  shorter.target = static_cast<std::int64_t>(follow(static_cast<std::size_t>(std::max<std::int64_t>(shorter.target, 0))));
  // A number may be a place in the row or a count of its own; the law says no to what does not fit.
  if (shorter.number >= begin + count && shorter.number <= c.x.size()) shorter.number -= count;
  std::erase_if(shorter.permutation, [&](std::size_t index) { return index >= begin && index < begin + count; });
  for (std::size_t& index : shorter.permutation)
    if (index >= begin + count) index -= count;
  return shorter;
}

// The values that stand in the row more than once.
std::vector<double> tied_values(const std::vector<double>& x) {
  std::vector<double> sorted, ties;
  std::copy_if(x.begin(), x.end(), std::back_inserter(sorted), [](double value) { return !std::isnan(value); });
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i] == sorted[i - 1] && (ties.empty() || ties.back() != sorted[i])) ties.push_back(sorted[i]);
  return ties;
}

// The simplest permutation, which any number of elements leaves one.
std::vector<std::size_t> reversal(std::size_t n) {
  std::vector<std::size_t> permutation(n);
  std::iota(permutation.rbegin(), permutation.rend(), std::size_t{0});
  return permutation;
}

class Shrinking {
public:
  Shrinking(Case c, const std::function<bool(const Case&)>& still_breaks, std::chrono::milliseconds budget)
      : best_(std::move(c)), still_breaks_(still_breaks), end_(Clock::now() + budget) {}

  Case run() {
    take_beginning();
    while (time_left() &&
           (shorten() || simplify_parameters() || simplify_values(&Case::x) || simplify_ties() || simplify_values(&Case::dy) ||
            keep_a_pair() || shorten_second_row() || simplify_values(&Case::with))) {
    }
    return best_;
  }

private:
  bool time_left() const { return Clock::now() < end_; }
  bool accept(const Case& candidate) {
    if (!time_left() || !still_breaks_(candidate)) return false;
    best_ = candidate;
    return true;
  }

  // What depends on the length (a tail, a width) may show at no length in between, where one element less at a time gets stuck.
  void take_beginning() {
    constexpr std::size_t longest = 70;
    for (std::size_t n = 1; n < best_.x.size() && n <= longest; ++n)
      if (cut(n, best_.x.size() - n)) return;
  }

  // Also with the number as it was: it need not be a place in the row. Also with the row reversed: what is left of a permutation may
  // move nothing.
  bool cut(std::size_t begin, std::size_t count) {
    Case shorter = without(best_, begin, count);
    if (accept(shorter)) return true;
    if (shorter.number != best_.number) {
      shorter.number = best_.number;
      if (accept(shorter)) return true;
    }
    if (shorter.permutation.empty() || shorter.permutation == reversal(shorter.x.size())) return false;
    shorter.permutation = reversal(shorter.x.size());
    return accept(shorter);
  }

  bool shorten() {
    bool shortened = false;
    for (std::size_t chunk = best_.x.size() / 2; chunk >= 1; chunk /= 2)
      for (std::size_t begin = 0; begin + chunk <= best_.x.size() && best_.x.size() > chunk && time_left();)
        if (cut(begin, chunk))
          shortened = true;
        else
          begin += chunk;
    return shortened;
  }

  bool simplify_number(double Case::*member) {
    for (const double value : simpler_values(best_, best_.*member)) {
      if (!time_left()) return false;
      Case candidate = best_;
      candidate.*member = value;
      if (accept(candidate)) return true;
    }
    return false;
  }

  bool simplify_parameters() {
    bool simplified = false;
    if (best_.scale != 1) {
      Case plain = best_;
      plain.scale = 1;
      Case folded = plain; // softmax(scale * x) as softmax of the scaled logits
      for (double& value : folded.x) value = round_to(folded.format, best_.scale * value);
      simplified = accept(plain) || accept(folded) || simplify_number(&Case::scale);
    }
    if (best_.shift != 0) simplified = simplify_number(&Case::shift) || simplified;
    if (!best_.permutation.empty() && best_.permutation != reversal(best_.x.size())) {
      Case candidate = best_;
      candidate.permutation = reversal(best_.x.size());
      simplified = accept(candidate) || simplified;
    }
    if (best_.target != 0) {
      Case candidate = best_;
      candidate.target = 0;
      simplified = accept(candidate) || simplified;
    }
    for (const std::size_t number : {std::size_t{0}, std::size_t{1}, std::size_t{2}, best_.number / 2, best_.number - 1}) {
      if (number >= best_.number) continue;
      Case candidate = best_;
      candidate.number = number;
      if (!accept(candidate)) continue;
      simplified = true;
      break;
    }
    return simplified;
  }

  // Values that no case has by itself, one less of them at a time.
  bool shorten_second_row() {
    bool shortened = false;
    for (std::size_t i = 0; i < best_.with.size() && best_.with.size() > 1 && time_left();) {
      Case candidate = best_;
      candidate.with.erase(candidate.with.begin() + static_cast<std::ptrdiff_t>(i));
      if (accept(candidate))
        shortened = true;
      else
        ++i;
    }
    return shortened;
  }

  // Equal values together, for laws about ties have nothing to say once they differ.
  bool simplify_ties() {
    bool simplified = false;
    for (const double tie : tied_values(best_.x))
      for (const double value : simpler_values(best_, tie)) {
        if (!time_left()) return simplified;
        Case candidate = best_;
        std::replace(candidate.x.begin(), candidate.x.end(), tie, value);
        if (!accept(candidate)) continue;
        simplified = true;
        break;
      }
    return simplified;
  }

  // Two that are equal, instead of two that are equal beside others.
  bool keep_a_pair() {
    constexpr std::size_t longest = 8;
    const std::size_t n = best_.x.size();
    if (n < 3 || n > longest) return false;
    for (std::size_t i = 0; i < n; ++i) {
      Case pair = without(best_, 2, n - 2);
      pair.x = {best_.x[i], best_.x[i]};
      if (accept(pair)) return true;
    }
    return false;
  }

  bool simplify_values(std::vector<double> Case::*row) {
    bool simplified = false;
    for (std::size_t i = 0; i < (best_.*row).size() && time_left(); ++i)
      for (const double value : simpler_values(best_, (best_.*row)[i])) {
        if (!time_left()) return simplified;
        Case candidate = best_;
        (candidate.*row)[i] = value;
        if (!accept(candidate)) continue;
        simplified = true;
        break;
      }
    return simplified;
  }

  Case best_;
  const std::function<bool(const Case&)>& still_breaks_;
  Clock::time_point end_;
};

} // namespace

std::optional<Case> simpler_case(const Case& c, const std::function<bool(const Case&)>& still_breaks) {
  if (c.x.size() > 1)
    for (std::size_t i = 0; i < c.x.size(); ++i)
      if (Case candidate = without(c, i, 1); still_breaks(candidate)) return candidate;
  for (const auto row : {&Case::x, &Case::dy, &Case::with})
    for (std::size_t i = 0; i < (c.*row).size(); ++i)
      for (const double value : simpler_values(c, (c.*row)[i])) {
        Case candidate = c;
        (candidate.*row)[i] = value;
        if (still_breaks(candidate)) return candidate;
      }
  for (const double tie : tied_values(c.x))
    for (const double value : simpler_values(c, tie)) {
      Case candidate = c;
      std::replace(candidate.x.begin(), candidate.x.end(), tie, value);
      if (still_breaks(candidate)) return candidate;
    }
  return std::nullopt;
}

Case shrink(const Case& c, const std::function<bool(const Case&)>& still_breaks, std::chrono::milliseconds budget) {
  return Shrinking(c, still_breaks, budget).run();
}

} // namespace softmax_audit
