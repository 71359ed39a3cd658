#include "properties/campaigns/detection.hpp"

#include "properties/bounds.hpp"
#include "properties/inputs/cases.hpp"
#include "properties/inputs/structures.hpp"
#include "properties/laws/row_facts.hpp"

#include <bit>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest_tried = 0x1p20;

struct Decade {
  std::size_t from, to, width; // width: the one that Pattern::one_width means
};
constexpr std::array decades{Decade{2, 9, 4}, Decade{10, 99, 33}, Decade{100, 999, 129}, Decade{1000, 9999, 4097}};

const Decade* decade_of(std::size_t n) {
  for (const Decade& decade : decades)
    if (n >= decade.from && n <= decade.to) return &decade;
  return nullptr;
}

std::uint64_t hash_of(const std::vector<double>& x) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const double value : x) hash = (hash ^ std::bit_cast<std::uint64_t>(value)) * 0x100000001b3u;
  return hash;
}

// Where and to which side result i of the row is moved: -1, 0 or 1.
int side(Pattern pattern, const Decade& decade, std::uint64_t row_hash, std::size_t i, std::size_t n, double y) {
  const std::uint64_t bits = Random(row_hash + 0x9e3779b97f4a7c15u * i).bits();
  bool moved = true;
  switch (pattern) {
    case Pattern::everywhere: break;
    case Pattern::one_in_1024: moved = (bits >> 1) % 1024 == 0; break;
    case Pattern::one_in_2_to_20: moved = (bits >> 1) % (1u << 20) == 0; break;
    case Pattern::one_lane: moved = i % 16 == 7 % std::min<std::size_t>(16, n); break;
    case Pattern::one_binade: moved = y >= 0x1p-5 && y < 0x1p-4; break;
    case Pattern::one_width: moved = n == decade.width; break;
  }
  if (!moved) return 0;
  return bits & 1 ? 1 : -1;
}

// The least power of two above `slack`, at least 1.
double least_power_above(double slack) {
  if (!(slack < largest_tried)) return infinity;
  if (slack < 1) return 1;
  return std::ldexp(1.0, std::ilogb(slack) + 1);
}

using LeastFound = std::array<std::array<double, pattern_names.size()>, decades.size()>;

// What is_accurate and keeps_ratios find on one row.
void find_on(const Subject& subject, const Case& c, const Oracle& oracle, LeastFound& least) {
  const std::size_t n = c.x.size();
  const Decade* decade = decade_of(n);
  if (!decade || !is_ordinary(c) || !covers(subject.claim, question_of(c))) return;
  const auto d = static_cast<std::size_t>(decade - decades.data());
  const std::vector<Truth> truth = truths(oracle, question_of(c));
  const SoftmaxBounds bounds = softmax_bounds(subject.claim, c.format, c.x, c.scale, truth);
  const std::vector<double> y = subject.run(question_of(c));
  const std::uint64_t hash = hash_of(c.x);
  const std::size_t largest = largest_index(c.x, c.scale);
  const double unit = unit_roundoff(c.format);
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(c.x[i]) || y[i] == 0 || std::isinf(bounds.ulp[i])) continue;
    const double error = ulp_error(y[i], truth[i], c.format, default_resolution).value;
    // The deviation of y_i / y_largest from the truth, and what one ulp of either adds to it, in u.
    const auto ratio_error =
        static_cast<double>((static_cast<long double>(y[i]) / static_cast<long double>(value_of(truth[i]))) /
                                (static_cast<long double>(y[largest]) / static_cast<long double>(value_of(truth[largest]))) -
                            1.0L);
    const bool normal = truth[i].nearest >= smallest_normal(c.format) * 1024;
    const double allowed = std::expm1(bounds.h[i] + bounds.h[largest] + bounds.quotient) / unit + 0.01;
    for (std::size_t p = 0; p < pattern_names.size(); ++p) {
      const auto pattern = static_cast<Pattern>(p);
      const int moved = side(pattern, *decade, hash, i, n, y[i]);
      if (moved == 0) continue;
      double& found = least[d][p];
      found = std::min(found, least_power_above(bounds.ulp[i] - moved * error + 0x1p-8));
      if (!normal || i == largest) continue;
      const int with_largest = side(pattern, *decade, hash, largest, n, y[largest]);
      const double rate = (moved * std::ldexp(1.0, truth[i].ulp_exponent) / y[i] -
                           with_largest * std::ldexp(1.0, truth[largest].ulp_exponent) / y[largest]) /
                          unit;
      if (rate != 0)
        found = std::min(found, least_power_above((allowed - std::copysign(1.0, rate) * ratio_error / unit) / std::fabs(rate)));
    }
  }
}

LeastFound one_run(const Subject& subject, Format format, const CheckOptions& options, const Oracle& oracle) {
  LeastFound least;
  for (auto& of_decade : least) of_decade.fill(infinity);
  const auto ask = [&](const Structure& structure) {
    Random random(~structure.seed);
    find_on(subject, completed_case(Operation::softmax, format, row_of(structure, format), structure.scaled, random), oracle,
            least);
  };
  const auto drawn = structures(options.seed, generated_cases(options.effort));
  for (const Structure& structure : *drawn) ask(structure);
  for (const std::size_t length : long_rows(options.effort))
    if (decade_of(length)) ask({length, Regime::moderate, false, false, false, options.seed});
  return least;
}

// The subject, moved.
Subject moved_subject(const Subject& sound, Pattern pattern, const Decade& decade, double ulps) {
  Subject subject = sound;
  const auto move = [=](const Problem& problem, std::vector<double> y) {
    for (std::size_t r = 0; r < problem.rows; ++r) {
      const Problem row = row_of(problem, r);
      if (row.cols < decade.from || row.cols > decade.to) continue;
      const std::uint64_t hash = hash_of({row.x.begin(), row.x.end()});
      for (std::size_t i = 0; i < row.cols; ++i) {
        double& value = y[r * row.cols + i];
        if (!std::isfinite(value) || value == 0) continue;
        const int to = side(pattern, decade, hash, i, row.cols, value);
        value = round_to(problem.format, value + to * ulps * ulp(problem.format, value));
      }
    }
    return y;
  };
  subject.run = [run = sound.run, move](const Problem& problem) { return move(problem, run(problem)); };
  subject.run_placed = [run = sound.run_placed, move](const Problem& problem, const Placement& placement) {
    Answer answer = run(problem, placement);
    answer.y = move(problem, std::move(answer.y));
    return answer;
  };
  return subject;
}

// Do the laws of the subject's own promises find it?
bool promises_find(const Subject& subject, Format format, const CheckOptions& options, const Oracle& oracle) {
  CheckOptions quick = options;
  quick.shrinks = false;
  for (const Property* property : all_properties()) {
    if (!property->contract || !subject.claim.bitwise.has(*property->contract) || property->cost > 8 ||
        !applies(*property, subject, Operation::softmax, format))
      continue;
    if (check(*property, subject, Operation::softmax, format, quick, oracle).outcome == Outcome::broken) return true;
  }
  return false;
}

} // namespace

std::pair<double, double> clopper_pearson(unsigned found, unsigned runs) {
  // P(X >= k) and P(X <= k) of the binomial distribution, and the share at which each is 2.5 %, by bisection.
  const auto probability = [runs](unsigned k, double share) {
    double sum = 0;
    for (unsigned j = k; j <= runs; ++j)
      sum += std::exp(std::lgamma(runs + 1.0) - std::lgamma(j + 1.0) - std::lgamma(runs - j + 1.0) +
                      (j == 0 ? 0 : j * std::log(share)) + (j == runs ? 0 : (runs - j) * std::log1p(-share)));
    return sum; // at least k
  };
  const auto share_at = [&](unsigned k, double level) {
    double low = 0, high = 1;
    for (int step = 0; step < 60; ++step) {
      const double middle = (low + high) / 2;
      (probability(k, middle) < level ? low : high) = middle;
    }
    return (low + high) / 2;
  };
  return {found == 0 ? 0 : share_at(found, 0.025), found == runs ? 1 : share_at(found + 1, 0.975)};
}

std::vector<Detection> detection(const Subject& subject, Format format, bool contracts, unsigned runs,
                                 const CheckOptions& options, const Oracle& oracle) {
  const auto enough = static_cast<std::size_t>(std::ceil(0.95 * runs));
  const auto entry = [&](std::size_t d, std::size_t p, double ulp, unsigned made, std::size_t found) {
    const auto [low, high] = clopper_pearson(static_cast<unsigned>(found), made);
    return Detection{
        static_cast<Pattern>(p), decades[d].from, decades[d].to, contracts, ulp, made, static_cast<unsigned>(found), low, high};
  };
  std::vector<Detection> all;
  if (!contracts) {
    std::vector<LeastFound> of_runs;
    for (unsigned run = 0; run < runs; ++run) {
      CheckOptions seeded = options;
      seeded.seed = options.seed + run;
      of_runs.push_back(one_run(subject, format, seeded, oracle));
      if (options.progress) options.progress(1);
    }
    for (std::size_t d = 0; d < decades.size(); ++d)
      for (std::size_t p = 0; p < pattern_names.size(); ++p) {
        std::vector<double> least;
        for (const LeastFound& run : of_runs) least.push_back(run[d][p]);
        std::sort(least.begin(), least.end());
        const double ulp = least[enough - 1];
        const auto found = std::isinf(ulp) ? std::lower_bound(least.begin(), least.end(), infinity) - least.begin()
                                           : std::upper_bound(least.begin(), least.end(), ulp) - least.begin();
        all.push_back(entry(d, p, ulp, runs, static_cast<std::size_t>(found)));
      }
    return all;
  }
  for (std::size_t d = 0; d < decades.size(); ++d)
    for (std::size_t p = 0; p < pattern_names.size(); ++p) {
      std::size_t found = 0;
      unsigned made = 0;
      double ulp = 1;
      for (; ulp <= largest_tried; ulp *= 1024) {
        found = 0;
        made = 0;
        for (unsigned run = 0; run < runs; ++run) {
          ++made;
          CheckOptions seeded = options;
          seeded.seed = options.seed + run;
          found += promises_find(moved_subject(subject, static_cast<Pattern>(p), decades[d], ulp), format, seeded, oracle);
          if (options.progress) options.progress(1);
          if (run + 1 - found > runs - enough) break; // this one will not do
        }
        if (found >= enough) break;
      }
      all.push_back(entry(d, p, found >= enough ? ulp : infinity, made, found));
    }
  return all;
}

} // namespace softmax_audit
