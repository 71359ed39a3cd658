#include "properties/campaigns/detection.hpp"

#include "oracles/ulp.hpp"
#include "properties/inputs/rows.hpp"

#include <bit>
#include <bitset>
#include <map>
#include <tuple>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int largest_exponent = 20;

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

// Is result i of a row moved, and which way? One number for all patterns: they hit the same places with the same sign.
std::uint64_t bits_of(std::uint64_t row_hash, std::size_t i) { return Random(row_hash + 0x9e3779b97f4a7c15u * i).bits(); }
int side(std::uint64_t bits) { return bits & 1 ? 1 : -1; }

bool hits(Pattern pattern, const Decade& decade, std::uint64_t bits, std::size_t i, std::size_t n, double y) {
  switch (pattern) {
    case Pattern::everywhere: return true;
    case Pattern::one_in_1024: return (bits >> 1) % 1024 == 0;
    case Pattern::one_in_2_to_20: return (bits >> 1) % (1u << 20) == 0;
    case Pattern::one_lane: return i % 16 == 7 % std::min<std::size_t>(16, n);
    case Pattern::one_binade: return y >= decade.binade && y < 2 * decade.binade;
    case Pattern::one_width: return n == decade.width;
  }
  return false;
}

// Calls `result(bits, i, n, value)` for each result of rows of the decade that a pattern may move.
template <typename Result>
void each_result(const Decade& decade, const Problem& problem, std::vector<double>& y, Result result) {
  for (std::size_t r = 0; r < problem.rows; ++r) {
    const Problem row = row_of(problem, r);
    if (row.cols < decade.from || row.cols > decade.to) continue;
    const std::uint64_t hash = hash_of({row.x.begin(), row.x.end()});
    for (std::size_t i = 0; i < row.cols; ++i) {
      double& value = y[r * row.cols + i];
      if (std::isfinite(value) && value != 0) result(bits_of(hash, i), i, row.cols, value);
    }
  }
}

// The subject, of whose answers `look(problem, y)` sees each and may change it.
template <typename Look> Subject looked_at(const Subject& sound, Look look) {
  Subject subject = sound;
  subject.run = [run = sound.run, look](const Problem& problem) {
    std::vector<double> y = run(problem);
    look(problem, y);
    return y;
  };
  subject.run_placed = [run = sound.run_placed, look](const Problem& problem, const Placement& placement) {
    Answer answer = run(problem, placement);
    look(problem, answer.y);
    return answer;
  };
  return subject;
}

Subject moved_subject(const Subject& sound, Pattern pattern, const Decade& decade, double ulps) {
  return looked_at(sound, [=](const Problem& problem, std::vector<double>& y) {
    each_result(decade, problem, y, [&](std::uint64_t bits, std::size_t i, std::size_t n, double& value) {
      if (hits(pattern, decade, bits, i, n, value))
        value = round_to(problem.format, value + side(bits) * ulps * ulp(problem.format, value));
    });
  });
}

// Laws that can tell: of softmax's numbers, no dearer than a row of answers. None asks from several threads, so that the subjects above
// need no lock.
std::vector<const Property*> telling_laws(const Subject& subject, Format format) {
  std::vector<const Property*> laws;
  for (const Property* property : all_properties())
    if (!property->isolation && property->cost <= 8 && applies(*property, subject, Operation::softmax, format))
      laws.push_back(property);
  return laws;
}

using Patterns = std::bitset<pattern_names.size()>;

// Which patterns move a result in the k-th case of a law at a seed: the others hold there as the sound code does, and are not judged
// again for each pattern and distance. Most patterns move nothing in most rows, and a pattern that is not found asks every row.
struct Hits {
  std::vector<Patterns> of_case;
  Patterns of_any;
};

CheckOptions options_of_run(const CheckOptions& options, const Decade& decade, std::uint64_t seed) {
  CheckOptions of_run = options;
  of_run.seed = seed;
  of_run.shrinks = false;
  of_run.progress = nullptr;
  // Other rows are answered as ever.
  of_run.from_length = decade.from;
  of_run.to_length = decade.to;
  return of_run;
}

// One decade of one subject, and what is known of its runs.
struct DecadeRuns {
  const Subject& sound;
  Format format;
  const Decade& decade;
  const CheckOptions& options;
  const Oracle& oracle;
  std::map<std::pair<const Property*, std::uint64_t>, Hits> known{};

  const Hits& hits_of(const Property& law, std::uint64_t seed) {
    const auto [entry, is_new] = known.try_emplace({&law, seed});
    Hits& hits_here = entry->second;
    if (!is_new) return hits_here;
    const Subject watched = looked_at(sound, [&](const Problem& problem, std::vector<double>& y) {
      Patterns& patterns = hits_here.of_case.back();
      each_result(decade, problem, y, [&](std::uint64_t bits, std::size_t i, std::size_t n, double value) {
        for (std::size_t p = 0; p < pattern_names.size(); ++p)
          if (hits(static_cast<Pattern>(p), decade, bits, i, n, value)) patterns.set(p);
      });
    });
    CheckOptions of_run = options_of_run(options, decade, seed);
    of_run.leaves_out = [&](std::size_t) {
      hits_here.of_case.emplace_back();
      return false;
    };
    const Verdict verdict = check(law, watched, Operation::softmax, format, of_run, oracle);
    // What breaks or ends of itself says nothing of what was moved.
    const bool is_telling =
        verdict.outcome != Outcome::broken && verdict.outcome != Outcome::crashed && verdict.outcome != Outcome::timed_out;
    if (!is_telling) hits_here.of_case.clear();
    for (const Patterns patterns : hits_here.of_case) hits_here.of_any |= patterns;
    return hits_here;
  }

  // Does one of the laws break? The law that did comes to the front: it will do so again.
  bool finds(std::vector<const Property*>& laws, const Subject& moved, Pattern pattern, std::uint64_t seed) {
    const auto p = static_cast<std::size_t>(pattern);
    CheckOptions of_run = options_of_run(options, decade, seed);
    for (auto law = laws.begin(); law != laws.end(); ++law) {
      const Hits& hits_here = hits_of(**law, seed);
      if (!hits_here.of_any[p]) continue;
      of_run.leaves_out = [&](std::size_t k) { return !hits_here.of_case[k][p]; };
      if (check(**law, moved, Operation::softmax, format, of_run, oracle).outcome == Outcome::broken) {
        std::rotate(laws.begin(), law, law + 1);
        return true;
      }
    }
    return false;
  }
};

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

std::vector<std::size_t> decades_tried(Effort effort) {
  std::vector<std::size_t> lengths;
  for (const Decade& decade : decades)
    if (is_tried(decade, effort)) lengths.push_back(decade.from);
  return lengths;
}

std::vector<Detection> detection(const Subject& subject, Format format, bool contracts, std::size_t from_length, unsigned runs,
                                 const CheckOptions& options, const Oracle& oracle) {
  const Decade& decade = *std::find_if(decades.begin(), decades.end(), [&](const Decade& d) { return d.from == from_length; });
  const auto enough = static_cast<unsigned>(std::ceil(0.95 * runs));
  Subject sound = subject;
  if (!contracts) sound.claim.bitwise = {};
  DecadeRuns decade_runs{sound, format, decade, options, oracle};
  std::vector<Detection> all;
  for (std::size_t p = 0; p < pattern_names.size(); ++p) {
    const auto pattern = static_cast<Pattern>(p);
    std::vector<const Property*> laws = telling_laws(sound, format);
    const auto tried = [&](int exponent) {
      const double ulps = std::ldexp(1.0, exponent);
      const Subject moved = moved_subject(sound, pattern, decade, ulps);
      Detection d{pattern, decade.from, decade.to, contracts, ulps};
      while (d.runs < runs && d.runs - d.found <= runs - enough) {
        d.found += decade_runs.finds(laws, moved, pattern, options.seed + d.runs);
        ++d.runs;
        if (options.progress) options.progress(1);
      }
      std::tie(d.low, d.high) = clopper_pearson(d.found, d.runs);
      return d;
    };
    const auto is_found = [enough](const Detection& d) { return d.found >= enough; };
    Detection best = tried(0);
    if (!is_found(best)) {
      best = tried(largest_exponent);
      // By halves: a run that finds nothing asks every row of every law.
      for (int not_found = 0, found = largest_exponent; is_found(best) && found - not_found > 1;) {
        const int middle = (not_found + found) / 2;
        const Detection d = tried(middle);
        (is_found(d) ? found : not_found) = middle;
        if (is_found(d)) best = d;
      }
      if (!is_found(best)) best.ulp = infinity;
    }
    all.push_back(best);
  }
  return all;
}

} // namespace softmax_audit
