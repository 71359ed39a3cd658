#include "properties/inputs/shrink.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace softmax_audit {
namespace {

using Clock = std::chrono::steady_clock;

// Equal, and zeros of the same sign.
bool are_same(double a, double b) { return (a == b && std::signbit(a) == std::signbit(b)) || (std::isnan(a) && std::isnan(b)); }

// Few moves, which come most of the way, or all moves of shrink.hpp: the end.
enum class Moves { few, all };

int significant_bits(double value) {
  int exponent = 0;
  const auto significand = static_cast<std::uint64_t>(std::ldexp(std::fabs(std::frexp(value, &exponent)), 53));
  return 64 - std::countl_zero(significand) - std::countr_zero(significand);
}

// Keeps `bits` significant bits of value, towards zero.
double truncated(double value, int bits) {
  const int spacing = std::ilogb(value) - bits + 1;
  return std::ldexp(std::trunc(std::ldexp(value, -spacing)), spacing);
}

// Both neighbours of value that have `bits` significant bits.
void add_shortened(std::vector<double>& candidates, double value, int bits) {
  const double low = truncated(value, bits);
  candidates.push_back(low);
  candidates.push_back(low + std::copysign(std::ldexp(1.0, std::ilogb(value) - bits + 1), value));
}

void add_few(std::vector<double>& candidates, double value) {
  candidates.insert(candidates.end(), {1, -1});
  if (!std::isfinite(value) || value == 0) return;
  for (const int bits : {1, 2, 3, 4, 6, 8, 12, 16, 24, 32}) add_shortened(candidates, value, bits);
  // Exponents by bisection towards 0, with all bits kept and with one.
  for (int e = std::ilogb(value), step = e / 2; step != 0; step /= 2) {
    candidates.push_back(std::ldexp(value, -step));
    candidates.push_back(std::copysign(std::ldexp(1.0, e - step), value));
  }
}

void add_all(std::vector<double>& candidates, Format format, double value) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr int near = 8;
  const bool has_bits = std::isfinite(value) && value != 0;
  const int distance = has_bits ? std::abs(std::ilogb(value)) : value == 0 ? 0 : traits(format).largest_exponent;
  if (!std::isfinite(value)) candidates.insert(candidates.end(), {infinity, -infinity});
  if (has_bits) {
    const int bits = significant_bits(value), e = std::ilogb(value);
    for (int kept = 1; kept < bits; ++kept) {
      add_shortened(candidates, value, kept);
      // With the bit that comes next cleared and the others kept.
      const double bit = std::copysign(std::ldexp(1.0, e - kept), value);
      if (std::fabs(value - truncated(value, kept)) >= std::fabs(bit)) candidates.push_back(value - bit);
    }
    for (int nearer = -distance + 1; nearer < distance; ++nearer) candidates.push_back(std::ldexp(value, nearer - e));
  }
  for (const double sign : {1.0, -1.0})
    for (int k = -std::max(near, distance); k <= std::max(near, distance); ++k) {
      const double power = std::ldexp(sign, k);
      candidates.push_back(power);
      if (std::abs(k) > near || !std::isfinite(value)) continue;
      for (int j = 1; j < traits(format).precision; ++j) candidates.push_back(power + std::ldexp(sign, k - j));
    }
}

// What a value may become, the simplest first.
std::vector<double> simpler_values(const Case& c, double value, Moves moves) {
  std::vector<double> candidates{0, -value};
  if (moves == Moves::few)
    add_few(candidates, value);
  else
    add_all(candidates, c.format, value);
  // A value that stands in the row already; in long rows the nearest to the front are enough.
  constexpr std::size_t most_others = 64;
  candidates.insert(candidates.end(), c.x.begin(),
                    c.x.begin() + static_cast<std::ptrdiff_t>(std::min(c.x.size(), most_others)));
  std::erase_if(candidates, [&](double candidate) {
    return std::isnan(candidate) || !is_representable(c.format, candidate) || !is_simpler(candidate, value);
  });
  std::sort(candidates.begin(), candidates.end(), [](double a, double b) { return is_simpler(a, b); });
  candidates.erase(std::unique(candidates.begin(), candidates.end(), &are_same), candidates.end());
  return candidates;
}

// The same of a number that is no value: a place, a count.
std::vector<std::uint64_t> simpler_integers(std::uint64_t value, Moves moves) {
  const std::uint64_t small = moves == Moves::few ? 2 : 64;
  std::vector<std::uint64_t> candidates;
  for (std::uint64_t k = 0; k <= small && k < value; ++k) candidates.push_back(k);
  if (value / 2 > small) candidates.push_back(value / 2);
  if (value > small + 1) candidates.push_back(value - 1);
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
  std::vector<double> sorted = x, ties;
  std::sort(sorted.begin(), sorted.end(), [](double a, double b) { return is_simpler(a, b); });
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (are_same(sorted[i], sorted[i - 1]) && (ties.empty() || !are_same(ties.back(), sorted[i]))) ties.push_back(sorted[i]);
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

  // Few moves as long as they get on, then all of them: where none does, the end is reached.
  Shrunk run() {
    take_beginning();
    do {
      while (time_left() && (shorten() || zero_blocks() || simplify(Moves::few) || keep_a_pair() || shorten_second_row())) {
      }
    } while (time_left() && simplify(Moves::all));
    return {best_, time_left()};
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
    const std::size_t followed = shorter.number;
    const std::vector<std::size_t> rest = shorter.permutation, reverse = reversal(shorter.x.size());
    for (const bool reverses : {false, true}) {
      if (reverses && (rest.empty() || rest == reverse)) break;
      shorter.permutation = reverses ? reverse : rest;
      shorter.number = followed;
      if (accept(shorter)) return true;
      shorter.number = best_.number;
      if (shorter.number != followed && accept(shorter)) return true;
    }
    return false;
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

  // Many values at once, where they are many.
  bool zero_blocks() {
    constexpr std::size_t smallest = 4;
    bool simplified = false;
    for (const auto row : {&Case::x, &Case::dy, &Case::with})
      for (std::size_t chunk = (best_.*row).size(); chunk >= smallest; chunk /= 2)
        for (std::size_t begin = 0; begin + chunk <= (best_.*row).size() && time_left(); begin += chunk) {
          Case candidate = best_;
          const auto first = (candidate.*row).begin() + static_cast<std::ptrdiff_t>(begin);
          const auto last = first + static_cast<std::ptrdiff_t>(chunk);
          if (std::all_of(first, last, [](double value) { return are_same(value, 0); })) continue;
          std::fill(first, last, 0.0);
          simplified = accept(candidate) || simplified;
        }
    return simplified;
  }

  // Each value by itself, the parameters, and equal values together, for laws about ties have nothing to say once they differ.
  bool simplify(Moves moves) {
    bool simplified = simplify_parameters(moves);
    simplified = simplify_values(&Case::x, moves) || simplified;
    for (const double tie : tied_values(best_.x))
      simplified = replace(tie, moves,
                           [tie](Case& c, double value) {
                             std::replace_if(
                                 c.x.begin(), c.x.end(), [tie](double x) { return are_same(x, tie); }, value);
                           }) ||
                   simplified;
    simplified = simplify_values(&Case::dy, moves) || simplified;
    return simplify_values(&Case::with, moves) || simplified;
  }

  bool simplify_values(std::vector<double> Case::*row, Moves moves) {
    bool simplified = false;
    for (std::size_t i = 0; i < (best_.*row).size() && time_left(); ++i)
      while (replace((best_.*row)[i], moves, [row, i](Case& c, double value) { (c.*row)[i] = value; })) simplified = true;
    return simplified;
  }

  // `put` puts a simpler value into the case.
  template <class Put> bool replace(double value, Moves moves, Put put) {
    for (const double simpler : simpler_values(best_, value, moves)) {
      if (!time_left()) return false;
      Case candidate = best_;
      put(candidate, simpler);
      if (accept(candidate)) return true;
    }
    return false;
  }

  bool simplify_parameters(Moves moves) {
    bool simplified = false;
    if (best_.scale != 1) {
      Case plain = best_;
      plain.scale = 1;
      Case folded = plain; // softmax(scale * x) as softmax of the scaled logits
      for (double& value : folded.x) value = round_to(folded.format, best_.scale * value);
      simplified =
          accept(plain) || accept(folded) || replace(best_.scale, moves, [](Case& c, double value) { c.scale = value; });
    }
    simplified = replace(best_.shift, moves, [](Case& c, double value) { c.shift = value; }) || simplified;
    if (!best_.permutation.empty() && best_.permutation != reversal(best_.x.size())) {
      Case candidate = best_;
      candidate.permutation = reversal(best_.x.size());
      simplified = accept(candidate) || simplified;
    }
    simplified = replace_integer(static_cast<std::uint64_t>(std::max<std::int64_t>(best_.target, 0)), moves,
                                 [](Case& c, std::uint64_t value) { c.target = static_cast<std::int64_t>(value); }) ||
                 simplified;
    return replace_integer(best_.number, moves, [](Case& c, std::uint64_t value) { c.number = value; }) || simplified;
  }

  template <class Put> bool replace_integer(std::uint64_t value, Moves moves, Put put) {
    for (const std::uint64_t simpler : simpler_integers(value, moves)) {
      if (!time_left()) return false;
      Case candidate = best_;
      put(candidate, simpler);
      if (accept(candidate)) return true;
    }
    return false;
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

  Case best_;
  const std::function<bool(const Case&)>& still_breaks_;
  Clock::time_point end_;
};

} // namespace

Shrunk shrink(const Case& c, const std::function<bool(const Case&)>& still_breaks, std::chrono::milliseconds budget) {
  return Shrinking(c, still_breaks, budget).run();
}

} // namespace softmax_audit
