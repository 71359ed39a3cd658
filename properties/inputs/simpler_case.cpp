// The order of simplicity, and whether a case is locally minimal in it: every move of shrink.hpp, enumerated from the bits of the values.
#include "properties/inputs/shrink.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <tuple>

namespace softmax_audit {
namespace {

constexpr int most_distant_exponent = 8;
constexpr std::uint64_t largest_small_integer = 64;
constexpr std::size_t most_copied = 64;
constexpr std::size_t longest_with_pairs = 8;

// |v| = odd * 2^shift.
struct Parts {
  std::uint64_t odd;
  int shift;
  int bits() const { return 64 - std::countl_zero(odd); }
  int exponent() const { return shift + bits() - 1; }
};

// Requires a finite value other than 0.
Parts parts_of(double value) {
  const auto encoding = std::bit_cast<std::uint64_t>(value);
  const auto field = static_cast<int>(encoding >> 52 & 0x7FF);
  std::uint64_t odd = encoding & ((std::uint64_t{1} << 52) - 1);
  if (field != 0) odd |= std::uint64_t{1} << 52;
  const int zeros = std::countr_zero(odd);
  return {odd >> zeros, std::max(field, 1) - 1075 + zeros};
}

// Smaller is simpler: class, bits, distance of the exponent, is it negative, significand, sign.
std::tuple<int, int, int, bool, std::uint64_t, bool> complexity(double value) {
  const bool negative = std::signbit(value);
  if (std::isnan(value)) return {2, 0, 0, false, 0, false};
  if (std::isinf(value)) return {1, 0, 0, false, 0, negative};
  if (value == 0) return {0, 0, 0, false, 0, negative};
  const Parts parts = parts_of(value);
  return {0, parts.bits(), std::abs(parts.exponent()), parts.exponent() < 0, parts.odd, negative};
}

std::strong_ordering compare(double a, double b) { return complexity(a) <=> complexity(b); }

std::strong_ordering compare(const std::vector<double>& a, const std::vector<double>& b) {
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end(),
                                                [](double left, double right) { return compare(left, right); });
}

std::vector<std::size_t> reversed(std::size_t n) {
  std::vector<std::size_t> permutation(n);
  for (std::size_t i = 0; i < n; ++i) permutation[i] = n - 1 - i;
  return permutation;
}

std::strong_ordering compare_permutations(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
  const auto rank = [](const std::vector<std::size_t>& p) { return p.empty() ? 0 : p == reversed(p.size()) ? 1 : 2; };
  if (const auto order = rank(a) <=> rank(b); order != 0) return order;
  return a <=> b;
}

std::strong_ordering compare(const Case& a, const Case& b) {
  if (const auto order = a.x.size() <=> b.x.size(); order != 0) return order;
  if (const auto order = a.with.size() <=> b.with.size(); order != 0) return order;
  if (const auto order = compare_permutations(a.permutation, b.permutation); order != 0) return order;
  if (const auto order = (a.scale != 1) <=> (b.scale != 1); order != 0) return order;
  if (const auto order = compare(a.scale, b.scale); order != 0) return order;
  if (const auto order = compare(a.shift, b.shift); order != 0) return order;
  if (const auto order = a.target <=> b.target; order != 0) return order;
  if (const auto order = a.number <=> b.number; order != 0) return order;
  if (const auto order = compare(a.x, b.x); order != 0) return order;
  if (const auto order = compare(a.dy, b.dy); order != 0) return order;
  return compare(a.with, b.with);
}

struct BySimplicity {
  bool operator()(double a, double b) const { return is_simpler(a, b); }
};

// Everything that a value may become, the simplest first.
std::set<double, BySimplicity> moves_of(const Case& c, double value, bool is_scale = false) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::set<double, BySimplicity> moves{0.0, infinity, -infinity};
  const auto add = [&](std::uint64_t significand, int shift) {
    const double size = std::ldexp(static_cast<double>(significand), shift);
    moves.insert(size);
    moves.insert(-size);
  };
  int exponent = traits(c.format).largest_exponent;
  if (std::isfinite(value) && value != 0) {
    const Parts v = parts_of(value);
    exponent = v.exponent();
    const double sign = std::copysign(1.0, value);
    const auto add_with_sign = [&](std::uint64_t significand, int shift) {
      moves.insert(sign * std::ldexp(static_cast<double>(significand), shift));
    };
    moves.insert(-value);
    for (int cut = 1; cut < v.bits(); ++cut) {
      add_with_sign(v.odd >> cut, v.shift + cut);
      add_with_sign((v.odd >> cut) + 1, v.shift + cut);
    }
    for (int bit = 0; bit + 1 < v.bits(); ++bit) add_with_sign(v.odd & ~(std::uint64_t{1} << bit), v.shift);
    for (int e = 1 - std::abs(exponent); e < std::abs(exponent); ++e) add_with_sign(v.odd, v.shift + e - exponent);
  }
  if (value == 0) exponent = 0;
  const int farthest = std::max(most_distant_exponent, std::abs(exponent));
  for (int k = -farthest; k <= farthest; ++k) add(1, k);
  for (int k = -most_distant_exponent; std::isfinite(value) && k <= most_distant_exponent; ++k)
    for (int bits = 2; bits <= traits(c.format).precision; ++bits) add((std::uint64_t{1} << (bits - 1)) + 1, k - bits + 1);
  for (std::size_t i = 0; i < std::min(c.x.size(), most_copied); ++i)
    if (!std::isnan(c.x[i])) moves.insert(c.x[i]);
  std::erase_if(moves, [&](double move) {
    return !is_representable(c.format, move) || !(is_simpler(move, value) || (is_scale && move == 1));
  });
  return moves;
}

Case without_element(const Case& c, std::size_t i) {
  Case shorter = c;
  const auto at = static_cast<std::ptrdiff_t>(i);
  const std::size_t n = c.x.size() - 1;
  shorter.x.erase(shorter.x.begin() + at);
  if (!c.dy.empty()) shorter.dy.erase(shorter.dy.begin() + at);
  if (c.target > at || c.target > static_cast<std::int64_t>(n) - 1) shorter.target = std::max<std::int64_t>(c.target - 1, 0);
  if (c.number > i && c.number <= c.x.size()) --shorter.number;
  shorter.permutation.clear();
  for (const std::size_t from : c.permutation)
    if (from != i) shorter.permutation.push_back(from > i ? from - 1 : from);
  return shorter;
}

} // namespace

bool is_simpler(double a, double b) { return compare(a, b) < 0; }
bool is_simpler(const Case& a, const Case& b) { return compare(a, b) < 0; }

std::optional<Case> simpler_case(const Case& c, const std::function<bool(const Case&)>& still_breaks) {
  std::optional<Case> found;
  const auto breaks = [&](Case candidate) {
    if (!found && still_breaks(candidate)) found = std::move(candidate);
    return found.has_value();
  };
  const std::size_t n = c.x.size();
  for (std::size_t i = 0; n > 1 && i < n; ++i) {
    const Case shorter = without_element(c, i);
    for (const std::size_t number : {shorter.number, c.number})
      for (const auto& permutation : {shorter.permutation, reversed(n - 1)}) {
        Case candidate = shorter;
        candidate.number = number;
        if (!c.permutation.empty()) candidate.permutation = permutation;
        if (breaks(std::move(candidate))) return found;
      }
  }
  for (std::size_t i = 0; c.with.size() > 1 && i < c.with.size(); ++i) {
    Case candidate = c;
    candidate.with.erase(candidate.with.begin() + static_cast<std::ptrdiff_t>(i));
    if (breaks(std::move(candidate))) return found;
  }
  if (n > 2 && n <= longest_with_pairs) {
    Case pair = c;
    while (pair.x.size() > 2) pair = without_element(pair, 2);
    for (const double value : c.x) {
      pair.x = {value, value};
      if (breaks(pair)) return found;
    }
  }
  if (!c.permutation.empty() && c.permutation != reversed(n)) {
    Case candidate = c;
    candidate.permutation = reversed(n);
    if (breaks(std::move(candidate))) return found;
  }
  if (c.scale != 1) {
    Case folded = c;
    folded.scale = 1;
    for (double& value : folded.x) value = round_to(c.format, c.scale * value);
    if (breaks(std::move(folded))) return found;
    for (const double scale : moves_of(c, c.scale, true)) {
      Case candidate = c;
      candidate.scale = scale;
      if (breaks(std::move(candidate))) return found;
    }
  }
  for (const double shift : moves_of(c, c.shift)) {
    Case candidate = c;
    candidate.shift = shift;
    if (breaks(std::move(candidate))) return found;
  }
  const auto integers_below = [](std::uint64_t value) {
    std::set<std::uint64_t> integers{value / 2, value - 1};
    for (std::uint64_t k = 0; k <= largest_small_integer; ++k) integers.insert(k);
    std::erase_if(integers, [value](std::uint64_t k) { return k >= value; });
    return integers;
  };
  if (c.target > 0)
    for (const std::uint64_t target : integers_below(static_cast<std::uint64_t>(c.target))) {
      Case candidate = c;
      candidate.target = static_cast<std::int64_t>(target);
      if (breaks(std::move(candidate))) return found;
    }
  for (const std::uint64_t number : integers_below(c.number)) {
    Case candidate = c;
    candidate.number = number;
    if (breaks(std::move(candidate))) return found;
  }
  for (const double value : std::set<double, BySimplicity>(c.x.begin(), c.x.end())) {
    const auto is_value = [value](double other) { return compare(other, value) == 0; };
    if (std::count_if(c.x.begin(), c.x.end(), is_value) < 2) continue;
    for (const double simpler : moves_of(c, value)) {
      Case candidate = c;
      std::replace_if(candidate.x.begin(), candidate.x.end(), is_value, simpler);
      if (breaks(std::move(candidate))) return found;
    }
  }
  for (const auto row : {&Case::x, &Case::dy, &Case::with})
    for (std::size_t i = 0; i < (c.*row).size(); ++i)
      for (const double simpler : moves_of(c, (c.*row)[i])) {
        Case candidate = c;
        (candidate.*row)[i] = simpler;
        if (breaks(std::move(candidate))) return found;
      }
  return std::nullopt;
}

} // namespace softmax_audit
