// What must hold. A property is one measured quantity and one proved bound on it, in one unit; `judge` compares the two and
// nothing else in the program does.
#pragma once

#include "impl/subject.hpp"
#include "properties/truths.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

// One row and whatever a law adds to it. All numbers are values of `format`.
struct Case {
  Format format = Format::f32;
  std::vector<double> x;
  double scale = 1;
  double shift = 0;                     // ignores_shift: added to every logit
  std::vector<std::size_t> permutation; // follows_permutation: a permutation of 0 .. n-1
  std::string source;                   // generated:... or FILE:INDEX where the row is one of those, unchanged; else empty
};

enum class Unit {
  ulp,                // of the exact result
  unit_roundoff,      // of the format
  smallest_subnormal, // of the format
  elements,           // how many are wrong
};
inline constexpr std::array<std::string_view, 4> unit_names{"ulp", "u", "lambda", "elements"};
constexpr std::string_view name(Unit unit) { return unit_names[static_cast<std::size_t>(unit)]; }

// Where a bound comes from: the declared class (theorem), a promise of the author (claim), a decision of the user (policy).
enum class Basis { theorem, claim, policy };
inline constexpr std::array<std::string_view, 3> basis_names{"theorem", "claim", "policy"};
constexpr std::string_view name(Basis basis) { return basis_names[static_cast<std::size_t>(basis)]; }

// The measured quantity lies in [low, high]: the truth's own remaining error is inside.
struct Measured {
  double low = 0;
  double high = 0;
};

struct Bound {
  double value = 0;
  Basis basis = Basis::theorem;
  std::string because; // the assumptions it rests on, in one line
};

// One law on one case: the comparison that comes nearest to breaking it.
struct Finding {
  Measured measured;
  Bound bound;
  std::optional<std::size_t> at; // the element
  double want = 0;               // what stands there if the law holds exactly
  double got = 0;
};

class Random;

struct Property {
  std::string_view name;      // finishes the sentence "softmax ..."
  std::string_view statement; // the law, as a formula
  std::string_view source;    // where bound and proof are written down
  std::string_view needs;     // the precondition in words: "two equal finite logits"
  Unit unit;
  unsigned least_cases; // fewer exercising cases than this prove nothing: the verdict is `vacuous`
  // Turns a generated row into a case of this law (masks, ties, a shift ...). The row may come back shorter.
  void (*arrange)(Case&, Random&);
  // Is the law's precondition met, and does the case exercise it? Only such cases are judged and counted.
  bool (*admits)(const Case&);
  // Requires admits(c). `resolution`: bits below one ulp to which truths are known.
  Finding (*measure)(const Subject&, const Case&, Truths&, int resolution);
};

enum class Outcome { holds, broken, undecided, vacuous, skipped, crashed, timed_out };
inline constexpr std::array<std::string_view, 7> outcome_names{"holds",   "broken",  "undecided", "vacuous",
                                                               "skipped", "crashed", "timed_out"};
constexpr std::string_view name(Outcome outcome) { return outcome_names[static_cast<std::size_t>(outcome)]; }

struct Judgement {
  Outcome outcome = Outcome::holds; // holds, broken, undecided, vacuous, skipped (refused), crashed, timed_out
  Finding finding;
  std::string incident; // skipped, crashed, timed_out: what happened
};

// The only comparison of measured with bound. high <= bound holds; low > bound is broken; in between, the truth is resolved
// more finely until one of them is true, and at the finest the outcome is `undecided`. A bound that allows anything
// (infinite) cannot be held or broken: such a case is `vacuous`.
Judgement judge(const Property& property, const Subject& subject, const Case& c, Truths& truths);

// Of several comparisons the one that comes nearest to breaking, or breaks most. Every law feeds one of these. If it is fed nothing
// (the class allows every element anything), its bound is infinite and the case vacuous.
class WorstFinding {
public:
  explicit WorstFinding(Basis basis, std::string because);
  void consider(Measured measured, double bound, std::optional<std::size_t> at, double want, double got);
  // For an answer that is not a number where one is due.
  void consider_not_a_number(double bound, std::size_t at, double want);
  Finding finding() const { return worst_; }

private:
  Finding worst_;
  double worst_ratio_ = -1;
};

// measured.low / bound, with 0/0 = 0; how near a finding comes to breaking its law.
double ratio(Measured measured, double bound);

std::span<const Property* const> all_properties();

} // namespace softmax_audit
