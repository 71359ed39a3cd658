#include "properties/campaigns/detection.hpp"

#include "oracles/ulp.hpp"
#include "properties/inputs/rows.hpp"

#include <bit>
#include <tuple>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest_tried = 0x1p20;

struct Decade {
  std::size_t from, to;
  std::size_t width; // of Pattern::one_width: not one that the generators name, but for the last: 2^19 + 1
  // Of Pattern::one_binade: shares from here to twice as much; about 1/to, so that rows of every decade have some.
  double binade;
};
constexpr std::array decades{
    Decade{2, 9, 6, 0x1p-4},           Decade{10, 99, 53, 0x1p-7},           Decade{100, 999, 451, 0x1p-10},
    Decade{1000, 9999, 2730, 0x1p-14}, Decade{10000, 99999, 41235, 0x1p-17}, Decade{100000, 1048576, 524289, 0x1p-20}};
constexpr std::size_t longest_generated_row = 257;

const Decade* decade_of(std::size_t n) {
  for (const Decade& decade : decades)
    if (n >= decade.from && n <= decade.to) return &decade;
  return nullptr;
}

// Has the effort rows of it?
bool is_tried(const Decade& decade, Effort effort) {
  const auto lengths = long_rows(effort);
  return decade.from <= longest_generated_row || std::any_of(lengths.begin(), lengths.end(), [&](std::size_t length) {
           return length >= decade.from && length <= decade.to;
         });
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
    case Pattern::one_binade: moved = y >= decade.binade && y < 2 * decade.binade; break;
    case Pattern::one_width: moved = n == decade.width; break;
  }
  if (!moved) return 0;
  return bits & 1 ? 1 : -1;
}

// Laws that can tell: of softmax's numbers, no dearer than a row of answers.
std::vector<const Property*> telling_laws(const Subject& subject, Format format) {
  std::vector<const Property*> laws;
  for (const Property* property : all_properties())
    if (!property->isolation && property->cost <= 8 && applies(*property, subject, Operation::softmax, format))
      laws.push_back(property);
  return laws;
}

// Does one of the laws break on rows of the decade? The law that did comes to the front: it will do so again.
bool finds(std::vector<const Property*>& laws, const Subject& moved, const Decade& decade, Format format, CheckOptions options,
           const Oracle& oracle) {
  options.shrinks = false;
  options.progress = nullptr;
  // Other rows are answered as ever.
  options.from_length = decade.from;
  options.to_length = decade.to;
  for (auto law = laws.begin(); law != laws.end(); ++law)
    if (check(**law, moved, Operation::softmax, format, options, oracle).outcome == Outcome::broken) {
      std::rotate(laws.begin(), law, law + 1);
      return true;
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

Subject moved_subject(const Subject& sound, Pattern pattern, std::size_t length, double ulps) {
  const Decade decade = *decade_of(length);
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

std::vector<Detection> detection(const Subject& subject, Format format, bool contracts, unsigned runs,
                                 const CheckOptions& options, const Oracle& oracle) {
  const auto enough = static_cast<unsigned>(std::ceil(0.95 * runs));
  Subject sound = subject;
  if (!contracts) sound.claim.bitwise = {};
  std::vector<Detection> all;
  for (const Decade& decade : decades) {
    if (!is_tried(decade, options.effort)) continue;
    for (std::size_t p = 0; p < pattern_names.size(); ++p) {
      const auto pattern = static_cast<Pattern>(p);
      std::vector<const Property*> laws = telling_laws(sound, format);
      const auto tried = [&](double ulps) {
        const Subject moved = moved_subject(sound, pattern, decade.from, ulps);
        Detection d{pattern, decade.from, decade.to, contracts, ulps};
        while (d.runs < runs && d.runs - d.found <= runs - enough) {
          CheckOptions seeded = options;
          seeded.seed = options.seed + d.runs;
          d.found += finds(laws, moved, decade, format, seeded, oracle);
          ++d.runs;
          if (options.progress) options.progress(1);
        }
        std::tie(d.low, d.high) = clopper_pearson(d.found, d.runs);
        return d;
      };
      const auto is_found = [enough](const Detection& d) { return d.found >= enough; };
      Detection best = tried(1);
      if (!is_found(best)) {
        // Where the largest is not found, nothing between is.
        Detection largest = tried(largest_tried);
        if (is_found(largest))
          for (double ulps = 2; !is_found(best) && ulps < largest_tried; ulps *= 2) best = tried(ulps);
        if (!is_found(best)) best = largest;
        if (!is_found(best)) best.ulp = infinity;
      }
      all.push_back(best);
    }
  }
  return all;
}

} // namespace softmax_audit
