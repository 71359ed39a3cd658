// Searches for softmax rows that are hard to round correctly, and prints them as a file of properties/inputs/corpus/:
//   hard_cases f32        hard_f32_pairs.txt: the hardest of all differences d of binary32, as rows (d, 0)
//   hard_cases f64        hard_f64_pairs.txt: rows (a, b) made so that the exact a - b puts a share beside a midpoint
//   hard_cases families   analytic_families.txt: rows that are hard by a formula and not by accident
// f32 takes a second and f64 half a minute, on one core. The distance is that of the exact share p, the row's first element,
// from the nearest midpoint of two neighbouring values of the format, in ulp(p) as oracles/ulp.hpp has it; MPFR decides it.
// Nothing here asks an oracle.
//
// f32. All 2^32 encodings d are accounted for, and the counts are printed. The row (-d, 0) holds the shares of (d, 0), swapped:
// with both signs the first element says it all.
//   NaN, infinities     are left out: no share of theirs is rounded.
//   0 <= |d| < 2^-11    is left out: the analytic family of near-constant pairs. p = 1/2 + d/4 - r, r of d's sign,
//                       |r| < |d|^3/48. For 2^e <= |d| < 2^(e+1), d/4 is a multiple of 2^(e-25), as the midpoints beside 1/2
//                       are, while |r| < 2^(3e-2.5) <= 2^(e-26.5): either 1/2 + d/4 is a midpoint and |r| the distance, or the
//                       distance is more than 2^(e-25) - 2^(e-26.5), because d/4 comes no closer. Accidents begin where r
//                       reaches from one multiple to the next: at 0x1.d13p-11, 0x1.25p-10, where some of the hardest are.
//   2^-11 <= |d| < 104  is searched. Shares of at least 2^-126 compete for the list. Those below have another ulp and are
//                       listed on their own. Shares just below 1 need no exception: they are near 1, not near a midpoint, but
//                       for those around 1 - 2^-25.
//   104 <= |d|          is left out: one share is below e^-104 < 0.98 2^-150, the other as close to 1; both are more than
//                       0.01 ulp away from every midpoint.
// The search takes both shares in double lanes, within 6 2^-53 relative, hence within 6 units of 2^-29 ulp, and keeps what lies
// within 2^-20 ulp and 8 such units: no share within 2^-20 ulp is lost. (E = exponential_error, u = 2^-53; 1/(1 + e), off by
// E e/(1 + e) + 2u at first order, then e times that, off by E + E e/(1 + e) + 3u in all; E = 1.5u and e <= 1.)
//
// f64. For a midpoint M, d = log(M / (1 - M)), a = RN(d), b = -RN(d - a): what a - b misses of d is about 2^-108 |d|, by
// accident less. Out of 2^17 random midpoints in each binade of shares from 2^-20 to 1, the nearest are kept. |d| < 2^-6 is
// left out, to stay clear of the near-constant pairs.
#include "oracles/ulp.hpp"
#include "properties/inputs/random.hpp"
#include "properties/inputs/values.hpp"

#include <boost/multiprecision/mpfr.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "scripts/hard_cases/hard_cases.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#ifndef SOFTMAX_AUDIT_SCRIPTS_HARD_CASES
#define SOFTMAX_AUDIT_SCRIPTS_HARD_CASES
namespace softmax_audit {

// Encodings of the magnitude of d whose share of one sign or of both may lie within the sieve's reach of a midpoint.
struct Sieved {
  std::vector<std::uint32_t> positive; // share of +|d|
  std::vector<std::uint32_t> negative; // share of -|d|
};

} // namespace softmax_audit
#endif

#if HWY_NATIVE_FMA && !HWY_HAVE_SCALABLE
#include "oracles/fast/exponential.hpp"
#endif

HWY_BEFORE_NAMESPACE();
namespace softmax_audit {
namespace HWY_NAMESPACE {

#if HWY_NATIVE_FMA && !HWY_HAVE_SCALABLE
namespace {

using D = hn::ScalableTag<double>;
using V = hn::Vec<D>;
constexpr std::size_t lanes = HWY_LANES(double);

// All |d| whose encodings are first .. last - 1, and further ones up to a full vector.
void sieve_lanes(std::uint32_t first, std::uint32_t last, Sieved& found) {
  const D d;
  const hn::RebindToSigned<D> di;
  const hn::RebindToUnsigned<D> du;
  const hn::Rebind<float, D> df;
  const hn::RebindToUnsigned<decltype(df)> df_bits;
  // A double in a binade of normal binary32 has 29 bits below binary32's last: the midpoint is 2^28.
  constexpr std::uint64_t midpoint = std::uint64_t{1} << 28, reach = (std::uint64_t{1} << 9) + 8;
  const auto near_midpoint = [&](V share) HWY_ATTR {
    const auto below = hn::And(hn::BitCast(du, share), hn::Set(du, 2 * midpoint - 1));
    return hn::Lt(hn::Sub(below, hn::Set(du, midpoint - reach)), hn::Set(du, 2 * reach + 1));
  };
  const auto note = [&](auto mask, std::uint32_t bits, std::vector<std::uint32_t>& list) HWY_ATTR {
    if (HWY_LIKELY(hn::AllFalse(du, mask))) return;
    std::uint8_t hits[8] = {};
    hn::StoreMaskBits(du, mask, hits);
    for (std::uint32_t lane = 0; lane < lanes; ++lane)
      if (hits[lane / 8] >> (lane % 8) & 1) list.push_back(bits + lane);
  };
  const V one = hn::Set(d, 1), smallest_normal = hn::Set(d, 0x1p-126);
  for (std::uint32_t bits = first; bits < last; bits += lanes) {
    const V magnitude = hn::PromoteTo(d, hn::BitCast(df, hn::Iota(df_bits, bits)));
    V fraction, exponent;
    exponential(d, hn::Neg(magnitude), fraction, exponent);
    const auto power = hn::ShiftLeft<52>(hn::Add(hn::ConvertTo(di, exponent), hn::Set(di, 1023)));
    const V e = hn::Mul(fraction, hn::BitCast(d, power));
    const V larger = hn::Div(one, hn::Add(one, e));
    const V smaller = hn::Mul(e, larger);
    // Below 2^-126 binary32's last place is 2^-149: adding 2^-126 puts it where the others have it, off by half a unit.
    const V aligned = hn::IfThenElse(hn::Lt(smaller, smallest_normal), hn::Add(smaller, smallest_normal), smaller);
    note(near_midpoint(larger), bits, found.positive);
    note(near_midpoint(aligned), bits, found.negative);
  }
}

} // namespace
bool sieve(std::uint32_t first, std::uint32_t last, Sieved& found) {
  sieve_lanes(first, last, found);
  return true;
}
#else
bool sieve(std::uint32_t, std::uint32_t, Sieved&) { return false; }
#endif

} // namespace HWY_NAMESPACE
} // namespace softmax_audit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace softmax_audit {
HWY_EXPORT(sieve);
namespace {

namespace mp = boost::multiprecision;
template <unsigned Digits> using Real = mp::number<mp::mpfr_float_backend<Digits>, mp::et_off>;
using Fine = Real<110>; // 365 bits: an f64 row is seen to come within 2^-140 of a midpoint, relative
// Sees the square of the smallest difference of binary64, and e^-1000.
using Finest = Real<1400>;

template <class Number> double log2_of(const Number& v) {
  using std::log;
  return static_cast<double>(Number(log(v) / log(Number(2))));
}

// The first element's share.
template <class Number> Number share_of(const std::vector<double>& row) {
  Number sum = 1;
  for (std::size_t j = 1; j < row.size(); ++j) sum += exp(Number(row[j]) - Number(row[0]));
  return 1 / sum;
}

struct Distance {
  double from_midpoint; // log2 of ulp; above -1 that of the midpoint below the nearest value, as of the one above
  double from_value;    // log2 of ulp
};

template <class Number> Distance distance_of(Format format, const std::vector<double>& row) {
  const Number share = share_of<Number>(row);
  // mpfr's exponents are those of [1/2, 1).
  const int ulp = ulp_exponent_in_binade(format, static_cast<long>(mpfr_get_exp(share.backend().data())) - 1);
  const Number in_ulps = ldexp(share, -ulp), below = floor(in_ulps), part = in_ulps - below;
  const Number from_midpoint = abs(Number(part - Number(0.5))), from_value = part < 0.5 ? part : Number(1 - part);
  return {log2_of(from_midpoint), log2_of(from_value)};
}

void print_row(Format format, const std::vector<double>& row, std::string_view why) {
  fmt::print("is_accurate  {:4} row={:<44}  # {}\n", name(format), row_text(row, ","), why);
}
std::string from_midpoint(double log2_ulp) { return fmt::format("2^{:.1f} ulp from a midpoint", log2_ulp); }

struct Hard {
  std::vector<double> row;
  double log2_ulp;
};

bool operator<(const Hard& a, const Hard& b) {
  return std::pair(a.log2_ulp, std::fabs(a.row[0])) < std::pair(b.log2_ulp, std::fabs(b.row[0]));
}

int print_f32() {
  constexpr std::size_t wanted = 100, wanted_subnormal = 5;
  constexpr std::uint32_t begin = std::bit_cast<std::uint32_t>(0x1p-11f), end = std::bit_cast<std::uint32_t>(104.0f),
                          infinity = 0x7f800000;
  Sieved found;
  if (!HWY_DYNAMIC_DISPATCH(sieve)(begin, end, found)) {
    fmt::print(stderr, "hard_cases f32: this machine has no fused multiply-add in its vectors\n");
    return 2;
  }
  std::vector<Hard> normal, subnormal;
  for (const bool negative : {false, true})
    for (const std::uint32_t bits : negative ? found.negative : found.positive) {
      const double magnitude = static_cast<double>(std::bit_cast<float>(bits)), d = negative ? -magnitude : magnitude;
      if (bits >= end) continue;
      const Hard hard{{d, 0}, distance_of<Fine>(Format::f32, {d, 0}).from_midpoint};
      if (hard.log2_ulp > -20) continue;
      (share_of<Fine>({d, 0}) < 0x1p-126 ? subnormal : normal).push_back(hard);
    }
  std::sort(normal.begin(), normal.end());
  std::sort(subnormal.begin(), subnormal.end());
  if (normal.size() < wanted || subnormal.size() < wanted_subnormal) {
    fmt::print(stderr, "hard_cases f32: {} and {} rows found\n", normal.size(), subnormal.size());
    return 1;
  }
  fmt::print(
      "# The hardest rows (d, 0) of binary32: of all d, the {} whose first share comes nearest to a midpoint. Written by\n"
      "# `hard_cases f32` (scripts/hard_cases/), which says what is left out (|d| < 2^-11, where the distance is a formula:\n"
      "# analytic_families.txt) and why the rest is complete. Of 2^32 encodings, {} are NaN or infinite, {} are\n"
      "# below 2^-11, {} are at least 104, and {} are searched; of these, {} have a share within 2^-20 ulp of a\n"
      "# midpoint, {} of them below 2^-126.\n",
      wanted, 2 * ((std::uint64_t{1} << 31) - infinity), 2 * std::uint64_t{begin}, 2 * std::uint64_t{infinity - end},
      2 * std::uint64_t{end - begin}, normal.size() + subnormal.size(), subnormal.size());
  for (std::size_t k = 0; k < wanted; ++k) print_row(Format::f32, normal[k].row, from_midpoint(normal[k].log2_ulp));
  fmt::print("# The {} hardest whose share is subnormal, its ulp 2^-149.\n", wanted_subnormal);
  for (std::size_t k = 0; k < wanted_subnormal; ++k)
    print_row(Format::f32, subnormal[k].row, from_midpoint(subnormal[k].log2_ulp));
  return 0;
}

// share = 1 / (1 + exp(-difference)).
Fine difference_at(const Fine& share) { return log(share / (1 - share)); }
std::vector<double> row_of_difference(const Fine& difference) {
  const double a = static_cast<double>(difference);
  return {a, -static_cast<double>(Fine(difference - a))};
}
// The row of two that comes nearest to the share, up to one neighbour of b.
std::vector<double> row_at(const Fine& share) { return row_of_difference(difference_at(share)); }

int print_f64() {
  constexpr int binades = 20;
  constexpr std::size_t tries = std::size_t{1} << 17, wanted = 20;
  constexpr double most = -55, candidates = -63;
  Random random(64);
  std::vector<Hard> overall, of_binades;
  std::size_t near = 0, tried = 0;
  for (int binade = 1; binade <= binades; ++binade) {
    std::vector<Hard> here;
    for (std::size_t k = 0; k < tries; ++k) {
      // 2^-binade (1 + (2 m + 1) 2^-53), m of 52 bits.
      const Fine midpoint = ldexp(Fine((std::uint64_t{1} << 53) + ((random.bits() >> 12) << 1) + 1), -53 - binade);
      const Fine difference = difference_at(midpoint);
      const std::vector<double> row = row_of_difference(difference);
      if (std::fabs(row[0]) < 0x1p-6) continue;
      ++tried;
      // To first order, far finer than it needs to be: what the row misses of the difference, times the slope, in ulp.
      const double missing = static_cast<double>(Fine(difference - row[0] + row[1])), share = static_cast<double>(midpoint);
      const double estimate = std::log2(std::fabs(missing * share * (1 - share))) + 52 + binade;
      if (estimate > most) continue;
      ++near;
      if (estimate > candidates) continue;
      here.push_back({row, distance_of<Fine>(Format::f64, row).from_midpoint});
    }
    std::sort(here.begin(), here.end());
    if (here.size() <= wanted) {
      fmt::print(stderr, "hard_cases f64: only {} candidates for shares from 2^-{} up\n", here.size(), binade);
      return 1;
    }
    of_binades.push_back(here.front());
    overall.insert(overall.end(), here.begin() + 1, here.begin() + 1 + wanted);
  }
  std::sort(overall.begin(), overall.end());
  fmt::print(
      "# Hard rows (a, b) of binary64: a - b, which no double holds, puts the first share beside a midpoint. Written by\n"
      "# `hard_cases f64` (scripts/hard_cases/), which says how: {} midpoints of shares between 2^-{} and 1 were tried,\n"
      "# {} rows came within 2^{:.0f} ulp. First the nearest for shares from 1/2 to 1, from 1/4 to 1/2, ... from 2^-{} up.\n",
      tried, binades, near, most, binades);
  for (const Hard& hard : of_binades) print_row(Format::f64, hard.row, from_midpoint(hard.log2_ulp));
  fmt::print("# The {} nearest of the others.\n", wanted);
  for (std::size_t k = 0; k < wanted; ++k) print_row(Format::f64, overall[k].row, from_midpoint(overall[k].log2_ulp));
  return 0;
}

void print_family_row(Format format, const std::vector<double>& row) {
  const Distance distance = distance_of<Finest>(format, row);
  print_row(format, row,
            distance.from_midpoint < distance.from_value ? from_midpoint(distance.from_midpoint)
                                                         : fmt::format("2^{:.1f} ulp from a value", distance.from_value));
}

// The two values of the format that enclose the difference whose share is the midpoint. In f64 also two rows (a, b) that do,
// and come nearer.
void print_threshold(Format format, const Fine& midpoint) {
  const std::vector<double> nearest = row_at(midpoint);
  // On which side of the difference its rounded value lies. In the narrow formats the first 53 bits tell.
  const bool above = format == Format::f64 ? nearest[1] < 0 : round_to(format, nearest[0]) < nearest[0];
  const std::int64_t first = order_of(format, round_to(format, nearest[0])), other = above ? first + 1 : first - 1;
  for (const std::int64_t order : {std::min(first, other), std::max(first, other)})
    print_family_row(format, {value_of_order(format, order), 0});
  if (format != Format::f64) return;
  const bool share_too_small = share_of<Fine>(nearest) < midpoint;
  const double infinity = std::numeric_limits<double>::infinity();
  print_family_row(format, nearest);
  print_family_row(format, {nearest[0], std::nextafter(nearest[1], share_too_small ? -infinity : infinity)});
}

int print_families() {
  fmt::print(
      "# Rows that are hard to round by a formula. Written by `hard_cases families` (scripts/hard_cases/). The distance is "
      "the\n"
      "# first element's, in ulp of its exact value.\n"
      "#\n"
      "# Near-constant pairs: 1/2 + d/4 is a midpoint, and the share misses it by |d|^3/48. Precision p: d = 2^(1-p), -2^-p,\n"
      "# 3 2^(1-p); then the neighbour of the first on the side of 0, where the format's grid misses the midpoint.\n");
  for (const Format format : formats) {
    const double d = std::ldexp(1.0, 1 - traits(format).precision);
    for (const double value : {d, -d / 2, 3 * d, value_of_order(format, order_of(format, d) - 1)})
      print_family_row(format, {value, 0});
  }
  fmt::print("# The smallest difference, to either side of 1/2: nearest is 1/2, but the binades differ.\n");
  for (const Format format : formats)
    for (const double sign : {1.0, -1.0}) print_family_row(format, {sign * smallest_subnormal(format), 0});
  fmt::print("# Powers of two missed by e^-1000 and the like: the share is just below its nearest, in the binade below.\n");
  for (const Format format : formats)
    for (const std::size_t largest : {1u, 2u, 4u}) {
      std::vector<double> row(largest, 0.0);
      row.push_back(-1000);
      print_family_row(format, row);
    }
  fmt::print("# Underflow: shares around half the smallest subnormal, where 0 begins, and around the next midpoint.\n");
  for (const Format format : formats)
    for (const double multiple : {0.5, 1.5})
      print_threshold(format, ldexp(Fine(multiple), smallest_subnormal_exponent(format)));
  fmt::print("# The differences nearest to the midpoint of the largest subnormal and the smallest normal number.\n");
  for (const Format format : formats)
    print_threshold(format,
                    ldexp(Fine(1), traits(format).smallest_exponent) - ldexp(Fine(1), smallest_subnormal_exponent(format) - 1));
  fmt::print("# Around the last midpoint below 1, above which everything rounds to 1.\n");
  for (const Format format : formats) print_threshold(format, 1 - ldexp(Fine(1), -traits(format).precision - 1));
  return 0;
}

} // namespace
} // namespace softmax_audit

int main(int argc, char** argv) {
  using namespace softmax_audit;
  const std::string_view what = argc == 2 ? argv[1] : "";
  if (what == "f32") return print_f32();
  if (what == "f64") return print_f64();
  if (what == "families") return print_families();
  fmt::print(stderr, "hard_cases: say which: f32, f64 or families\n");
  return 2;
}
#endif
