// Asks every oracle the same and demands the same answers:
//   compare_oracles ROWS SEED [THREADS] [FOLDER]
// on the traps and ROWS random problems of oracle_problems.hpp, on the corpus, and on the first rows of the .npy files in FOLDER
// (corpus and logits with all operations). Truths at resolution 8, and at times finer, have to agree in all fields; enclosures
// have to intersect pairwise and to contain the common truth, both decided in exact arithmetic: an enclosure that rounds to
// another number than the truth does not contain it.
// Prints for each operation and format: rows, results, rows that no oracle decided, results with an enclosure wider than 2^-80
// of themselves, rows that differ. Exit status 1 if some row differs or some operation and format has no rows.
#include "oracles/registry.hpp"
#include "properties/inputs/corpus.hpp"
#include "properties/inputs/npy.hpp"
#include "properties/inputs/random.hpp"
#include "properties/inputs/values.hpp"
#include "scripts/tests/oracle_problems.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace softmax_audit {
namespace {

using boost::multiprecision::cpp_int;

constexpr std::size_t most_witnesses = 5;
constexpr std::size_t most_rows_of_a_file = 200;
constexpr int narrow_bits = 80;

// Exact arithmetic on numbers mantissa * 2^exponent with exponents of any size.
struct Number {
  cpp_int mantissa;
  std::int64_t exponent = 0;
};

std::int64_t binade(const Number& v) { return static_cast<std::int64_t>(msb(abs(v.mantissa))) + v.exponent; }

// Negative, zero or positive as a < b, a = b, a > b.
int compare(const Number& a, const Number& b) {
  const int sign = a.mantissa.sign();
  if (sign != b.mantissa.sign()) return sign - b.mantissa.sign();
  if (sign == 0) return 0;
  const std::int64_t binade_a = binade(a), binade_b = binade(b);
  if (binade_a != binade_b) return binade_a < binade_b ? -sign : sign;
  // The same binade: the exponents differ by less than the mantissas are long.
  const std::int64_t common = std::min(a.exponent, b.exponent);
  const cpp_int left = a.mantissa << static_cast<std::size_t>(a.exponent - common);
  const cpp_int right = b.mantissa << static_cast<std::size_t>(b.exponent - common);
  return left.compare(right);
}

struct Interval {
  Number low, high;
};

// Requires a finite enclosure.
Interval interval_of(const Enclosure& e) {
  constexpr int digits = std::numeric_limits<double>::digits;
  const std::array<double, 3> parts{e.high, e.low, e.radius};
  std::array<int, 3> exponents{};
  int least = std::numeric_limits<int>::max();
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (parts[k] == 0) continue;
    exponents[k] = std::ilogb(parts[k]) - digits + 1;
    least = std::min(least, exponents[k]);
  }
  if (least == std::numeric_limits<int>::max()) return {};
  std::array<cpp_int, 3> integers;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (parts[k] == 0) continue;
    integers[k] = static_cast<std::int64_t>(std::scalbn(parts[k], -exponents[k]));
    integers[k] <<= static_cast<std::size_t>(exponents[k] - least);
  }
  const cpp_int middle = integers[0] + integers[1];
  return {{middle - integers[2], e.exponent + least}, {middle + integers[2], e.exponent + least}};
}

bool intersect(const Interval& a, const Interval& b) { return compare(a.low, b.high) <= 0 && compare(b.low, a.high) <= 0; }

bool is_wide(const Interval& a) {
  if (a.low.mantissa == a.high.mantissa) return false;
  const cpp_int width = a.high.mantissa - a.low.mantissa;
  const cpp_int size = std::max<cpp_int>(abs(a.low.mantissa), abs(a.high.mantissa));
  return msb(width) + narrow_bits > msb(size);
}

bool is_finite(const Enclosure& e) { return std::isfinite(e.high) && std::isfinite(e.low) && std::isfinite(e.radius); }
bool is_special(const Enclosure& e) { return !std::isfinite(e.high); }
// With the sign of zero: truths have no -0.
bool same_double(double a, double b) {
  return (a == b && std::signbit(a) == std::signbit(b)) || (std::isnan(a) && std::isnan(b));
}
bool same(const Truth& a, const Truth& b) {
  return same_double(a.nearest, b.nearest) && same_double(a.tail, b.tail) && a.ulp_exponent == b.ulp_exponent &&
         a.exact == b.exact;
}

// Whether an enclosure and a truth can be of one value.
bool contains(const Enclosure& e, const Truth& truth, Format format, int resolution) {
  if (std::isnan(truth.nearest)) return std::isnan(e.high);
  if (std::isinf(truth.nearest) && (truth.exact || is_special(e))) return e.high == truth.nearest;
  if (is_special(e)) return false;
  if (!is_finite(e)) return true;
  const Interval known = interval_of(e);
  if (std::isinf(truth.nearest)) {
    const FormatTraits& t = traits(format);
    Number threshold{(cpp_int{1} << static_cast<std::size_t>(t.precision + 1)) - 1, t.largest_exponent - t.precision};
    if (truth.nearest > 0) return compare(known.high, threshold) >= 0;
    threshold.mantissa = -threshold.mantissa;
    return compare(known.low, threshold) <= 0;
  }
  // In units of the ulp the nearest is an integer below 2^53.
  const double radius = truth.exact ? 0 : std::ldexp(1.0, -resolution - 1);
  return intersect(known,
                   interval_of({std::scalbn(truth.nearest, -truth.ulp_exponent), truth.tail, radius, truth.ulp_exponent}));
}

bool consistent(const Enclosure& a, const Enclosure& b) {
  if (is_special(a) || is_special(b)) return same_double(a.high, b.high);
  return !is_finite(a) || !is_finite(b) || intersect(interval_of(a), interval_of(b));
}

std::string text_of(const Truth& t) {
  return fmt::format("nearest {} ulp 2^{} tail {}{}", hexfloat(t.nearest), t.ulp_exponent, hexfloat(t.tail),
                     t.exact ? " exact" : "");
}
std::string text_of(const Enclosure& e) {
  return fmt::format("({} + {} +- {}) 2^{}", hexfloat(e.high), hexfloat(e.low), hexfloat(e.radius), e.exponent);
}

struct Cell {
  std::uint64_t rows = 0, results = 0, undecided = 0, wide = 0, different = 0;
};
using Table = std::array<std::array<Cell, formats.size()>, operation_names.size()>;

struct Witness {
  std::uint64_t index;
  std::string text;
};

enum class Decided { yes, no, failed };
template <class Answer> struct Said {
  Decided decided = Decided::yes;
  std::vector<Answer> answers = {};
  std::string reason = {};
};

template <class Ask> auto ask(Ask&& question) -> Said<typename decltype(question())::value_type> {
  try {
    return {.answers = question()};
  } catch (const Undecided& error) {
    return {.decided = Decided::no, .reason = error.what()};
  } catch (const std::exception& error) {
    return {.decided = Decided::failed, .reason = error.what()};
  }
}

// Everything that is asked, by number.
class Questions {
public:
  Questions(std::uint64_t random_rows, std::uint64_t seed, const std::string& folder)
      : seed_(seed), streamed_(trap_problems().size() + random_rows) {
    for (const CorpusEntry& entry : corpus()) add(entry.c.x, entry.c.scale, entry.c.format);
    if (folder.empty()) return;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".npy") files.push_back(entry.path());
    if (files.empty()) throw std::invalid_argument(folder + ": there are no .npy files; expected a folder with some");
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      const NpyArray array = read_npy(file);
      for (std::size_t r = 0; r < std::min(array.rows.size(), most_rows_of_a_file); ++r)
        for (const Format format : formats) add(array.rows[r], 1, format);
    }
  }

  std::uint64_t size() const { return streamed_ + stored_.size() * operation_names.size(); }

  OracleProblem operator[](std::uint64_t index) const {
    if (index < streamed_) return oracle_problem(seed_, index);
    const std::uint64_t number = index - streamed_;
    OracleProblem made = stored_[number / operation_names.size()];
    made.operation = static_cast<Operation>(number % operation_names.size());
    made.resolution = number % 64 == 0 ? finest_resolution : number % 16 == 0 ? 24 : default_resolution;
    Random random(number);
    random.bits();
    if (made.operation == Operation::softmax_backward_from_output) {
      // As the forward pass leaves it.
      made.operation = Operation::softmax;
      const auto forward = ask([&] { return truths(*all_oracles().front(), made.problem()); });
      for (std::size_t i = 0; i < forward.answers.size(); ++i) made.x[i] = forward.answers[i].nearest;
      made.operation = Operation::softmax_backward_from_output;
      made.scale = 1;
    }
    if (takes_upstream_gradient(made.operation)) {
      const bool integers = random.one_in(2);
      for (std::size_t i = 0; i < made.x.size(); ++i)
        made.dy.push_back(integers ? static_cast<double>(random.between(-3, 3)) : round_to(made.format, random.normal()));
    }
    if (made.operation == Operation::cross_entropy) made.target = {static_cast<std::int64_t>(random.below(made.x.size()))};
    return made;
  }

private:
  void add(const std::vector<double>& x, double scale, Format format) {
    OracleProblem made;
    made.format = format;
    made.scale = scale;
    for (const double value : x) made.x.push_back(round_to(format, value));
    stored_.push_back(made);
  }

  std::uint64_t seed_, streamed_;
  std::vector<OracleProblem> stored_; // without operation
};

template <class Answer> std::string told(const Said<Answer>& said, std::size_t i) {
  if (said.decided == Decided::yes) return text_of(said.answers[i]);
  return (said.decided == Decided::no ? "undecided: " : "failed: ") + said.reason;
}

// What all oracles say of one problem; empty if it is the same.
class Comparison {
public:
  Comparison(const OracleProblem& asked, Cell& cell) : asked_(asked), cell_(cell) {}

  std::string operator()() {
    const Problem problem = asked_.problem();
    ++cell_.rows;
    cell_.results += result_count(problem);
    std::string differences = truths_at(default_resolution, problem);
    const std::vector<Truth> common = common_;
    if (asked_.resolution != default_resolution && differences.empty()) differences = truths_at(asked_.resolution, problem);
    if (undecided_ && differences.empty()) ++cell_.undecided;
    if (differences.empty()) differences = enclosures_of(problem, common);
    if (!differences.empty()) ++cell_.different;
    return differences;
  }

private:
  template <class Answer, class Same>
  std::string first_difference(const std::vector<Said<Answer>>& said, std::string_view what, Same&& is_same) {
    const bool some_undecided = std::any_of(said.begin(), said.end(), [](const auto& s) { return s.decided != Decided::yes; });
    if (some_undecided) {
      if (std::all_of(said.begin(), said.end(), [](const auto& s) { return s.decided == Decided::no; })) {
        undecided_ = true;
        return {};
      }
      return all_words(said, what, 0);
    }
    for (std::size_t i = 0; i < said[0].answers.size(); ++i)
      for (std::size_t a = 0; a < said.size(); ++a)
        for (std::size_t b = 0; b < a; ++b)
          if (!is_same(said[a].answers[i], said[b].answers[i])) return all_words(said, what, i);
    return {};
  }

  template <class Answer> std::string all_words(const std::vector<Said<Answer>>& said, std::string_view what, std::size_t i) {
    std::string text = fmt::format("  {}, result {}\n", what, i);
    for (std::size_t k = 0; k < said.size(); ++k)
      text += fmt::format("    {:6} {}\n", all_oracles()[k]->name, told(said[k], i));
    return text;
  }

  std::string truths_at(int resolution, const Problem& problem) {
    std::vector<Said<Truth>> said;
    for (const Oracle* oracle : all_oracles()) said.push_back(ask([&] { return truths(*oracle, problem, resolution); }));
    const std::string differences = first_difference(said, fmt::format("truths at resolution {}", resolution), same);
    common_ = said[0].answers;
    return differences;
  }

  std::string enclosures_of(const Problem& problem, const std::vector<Truth>& common) {
    std::vector<Said<Enclosure>> said;
    for (const Oracle* oracle : all_oracles()) said.push_back(ask([&] { return enclosures(*oracle, problem); }));
    std::string differences = first_difference(said, "enclosures", consistent);
    if (!differences.empty()) return differences;
    for (std::size_t i = 0; i < said[0].answers.size(); ++i) {
      bool wide = false;
      for (const auto& one : said) {
        wide = wide || (!is_special(one.answers[i]) && (!is_finite(one.answers[i]) || is_wide(interval_of(one.answers[i]))));
        if (!common.empty() && !contains(one.answers[i], common[i], problem.format, default_resolution))
          return "  common truth: " + text_of(common[i]) + "\n" + all_words(said, "enclosures without it", i);
      }
      cell_.wide += wide;
    }
    return {};
  }

  const OracleProblem& asked_;
  Cell& cell_;
  std::vector<Truth> common_;
  bool undecided_ = false;
};

struct Share {
  Table table{};
  std::vector<Witness> witnesses;
};

int run(std::uint64_t rows, std::uint64_t seed, unsigned threads, const std::string& folder) {
  if (all_oracles().size() < 2) {
    std::fputs("compare_oracles: there are fewer than two oracles, nothing to compare\n", stderr);
    return 1;
  }
  const Questions questions(rows, seed, folder);
  std::vector<Share> shares(threads);
  std::atomic<std::uint64_t> done = 0;
  std::vector<std::thread> workers;
  // A fixed share each: the numbers, and which witnesses come first, do not depend on the number of threads.
  for (unsigned thread = 0; thread < threads; ++thread)
    workers.emplace_back([&, thread] {
      Share& share = shares[thread];
      for (std::uint64_t index = thread; index < questions.size(); index += threads, ++done) {
        const OracleProblem asked = questions[index];
        Cell& cell = share.table[static_cast<std::size_t>(asked.operation)][static_cast<std::size_t>(asked.format)];
        const std::string differences = Comparison(asked, cell)();
        if (!differences.empty() && share.witnesses.size() < most_witnesses)
          share.witnesses.push_back({index, text_of(asked) + "\n" + differences});
      }
    });
  if (isatty(STDERR_FILENO)) {
    while (done < questions.size()) {
      fmt::print(stderr, "\r{} of {} rows ", done.load(), questions.size());
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    fmt::print(stderr, "\r{:40}\r", "");
  }
  for (std::thread& worker : workers) worker.join();

  std::vector<Witness> witnesses;
  for (const Share& share : shares) witnesses.insert(witnesses.end(), share.witnesses.begin(), share.witnesses.end());
  std::sort(witnesses.begin(), witnesses.end(), [](const Witness& a, const Witness& b) { return a.index < b.index; });
  for (std::size_t k = 0; k < std::min(most_witnesses, witnesses.size()); ++k)
    fmt::print("DIFFERENT row {} of seed {}: {}\n", witnesses[k].index, seed, witnesses[k].text);

  std::string names;
  for (const Oracle* oracle : all_oracles()) names += fmt::format("{}{}", names.empty() ? "" : ", ", oracle->name);
  fmt::print("{:28} {:6} {:>9} {:>10} {:>9} {:>8} {:>9}\n", names, "format", "rows", "results", "undecided", "wide",
             "different");
  Cell total;
  bool complete = true;
  for (std::size_t operation = 0; operation < operation_names.size(); ++operation)
    for (std::size_t format = 0; format < formats.size(); ++format) {
      Cell cell;
      for (const Share& share : shares) {
        const Cell& part = share.table[operation][format];
        for (const auto field : {&Cell::rows, &Cell::results, &Cell::undecided, &Cell::wide, &Cell::different}) {
          cell.*field += part.*field;
          total.*field += part.*field;
        }
      }
      fmt::print("{:28} {:6} {:9} {:10} {:9} {:8} {:9}\n", operation_names[operation], format_traits[format].name, cell.rows,
                 cell.results, cell.undecided, cell.wide, cell.different);
      complete = complete && cell.rows > 0;
    }
  fmt::print("{:28} {:6} {:9} {:10} {:9} {:8} {:9}\n", "all", "", total.rows, total.results, total.undecided, total.wide,
             total.different);
  return total.different == 0 && complete ? 0 : 1;
}

} // namespace
} // namespace softmax_audit

int main(int argc, char** argv) {
  if (argc < 3 || argc > 5) {
    std::fputs("usage: compare_oracles ROWS SEED [THREADS] [FOLDER]\n", stderr);
    return 2;
  }
  try {
    const unsigned long threads = argc > 3 ? std::stoul(argv[3]) : std::thread::hardware_concurrency();
    return softmax_audit::run(std::stoull(argv[1]), std::stoull(argv[2]),
                              static_cast<unsigned>(std::clamp<unsigned long>(threads, 1, 256)), argc > 4 ? argv[4] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compare_oracles: %s\n", error.what());
    return 2;
  }
}
