// What must hold. A property is one measured quantity and one proved bound on it, in one unit; `judge` compares the two and
// nothing else in the program does.
#pragma once

#include "impl/subject.hpp"
#include "oracles/oracle.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

// One row and whatever a law adds to it. All numbers are values of `format`.
struct Case {
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  std::vector<double> x;
  double scale = 1;
  std::vector<double> dy;               // as long as x for the two backward operations, else empty
  std::int64_t target = 0;              // cross_entropy
  double shift = 0;                     // what is added to every logit
  std::vector<std::size_t> permutation; // of 0 .. n-1
  std::vector<double> with; // a second row: the other part, the neighbours, the values of attention ... (each law says)
  std::size_t number = 0;   // a position or a count (each law says)
  // A bound that somebody decided on: takes the place of the one that is proved or claimed, for this case.
  std::optional<double> limit;
  std::string source; // generated:... or FILE:INDEX where the row is one of those, unchanged; else empty
};

// The case's row as a question. It refers to the case's memory.
inline Problem question_of(const Case& c, std::span<const double> x, std::span<const double> dy, double scale) {
  Problem problem{c.operation, c.format, 1, x.size(), x, scale};
  if (takes_upstream_gradient(c.operation)) problem.dy = dy;
  if (c.operation == Operation::cross_entropy) problem.target = {&c.target, 1};
  return problem;
}
inline Problem question_of(const Case& c) { return question_of(c, c.x, c.dy, c.scale); }

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
  std::optional<bool> same_bits{}; // laws that compare two runs: did they agree bit for bit?
  std::string seen{};              // laws of isolation: what the subject did, in words
};

class Random;

class Operations {
public:
  constexpr Operations() = default;
  constexpr Operations(std::initializer_list<Operation> operations) {
    for (const Operation operation : operations) bits_ |= 1u << static_cast<unsigned>(operation);
  }
  constexpr bool has(Operation operation) const { return (bits_ >> static_cast<unsigned>(operation)) & 1u; }

private:
  std::uint32_t bits_ = 0;
};
// Of a whole row; sigmoid's elements are rows of their own.
inline constexpr Operations row_operations{Operation::softmax,
                                           Operation::log_softmax,
                                           Operation::log_sum_exp,
                                           Operation::softmax_backward,
                                           Operation::softmax_backward_from_output,
                                           Operation::cross_entropy};
inline constexpr Operations all_operations{Operation::softmax,
                                           Operation::log_softmax,
                                           Operation::log_sum_exp,
                                           Operation::softmax_backward,
                                           Operation::softmax_backward_from_output,
                                           Operation::cross_entropy,
                                           Operation::sigmoid};
inline constexpr Operations operations_of_logits{Operation::softmax,          Operation::log_softmax,   Operation::log_sum_exp,
                                                 Operation::softmax_backward, Operation::cross_entropy, Operation::sigmoid};

struct Property {
  std::string_view name;      // finishes the sentence "softmax ..."
  std::string_view statement; // the law, as a formula
  std::string_view source;    // where bound and proof are written down
  std::string_view needs;     // the precondition in words: "two equal finite logits"
  std::string_view means{};   // what a break means to who uses the implementation, in plain words
  Unit unit = Unit::ulp;
  unsigned least_cases = 0; // fewer exercising cases than this prove nothing: the verdict is `vacuous`; a law says how many
  Operations operations{Operation::softmax}; // that it is a law of
  std::optional<Operation> also_asks{};      // what the subject must offer besides
  bool needs_scale = false;                  // only for subjects that take a scale
  Abilities abilities{};                     // only for subjects that have them
  bool isolation = false;                    // about what code does besides answering, not about its answers
  std::optional<Contract> contract{};        // the bitwise promise that it checks; unpromised, it is measured
  unsigned cost = 1;                         // its cases are so many times fewer
  bool chooses_length = false;               // its cases are not as long as the rows that they are made of
  // Turns the index-th generated row into a case of this law (masks, ties, a shift ...). The row may come back shorter or longer.
  void (*arrange)(Case&, Random&, std::size_t index);
  // Is the law's precondition met, and does the case exercise it? Only such cases are judged and counted.
  bool (*admits)(const Case&);
  // Requires admits(c). `resolution`: bits below one ulp to which truths are known.
  Finding (*measure)(const Subject&, const Case&, const Oracle&, int resolution);
};

// May the subject be judged by the law at all?
inline bool applies(const Property& property, const Subject& subject, Operation operation, Format format) {
  return property.operations.has(operation) && subject.has(operation, format) &&
         (!property.also_asks || subject.has(*property.also_asks, format)) && (!property.needs_scale || subject.takes_scale) &&
         subject.can_all(property.abilities, operation, format);
}

enum class Outcome { holds, broken, undecided, vacuous, skipped, crashed, timed_out };
inline constexpr std::array<std::string_view, 7> outcome_names{"holds",   "broken",  "undecided", "vacuous",
                                                               "skipped", "crashed", "timed_out"};
constexpr std::string_view name(Outcome outcome) { return outcome_names[static_cast<std::size_t>(outcome)]; }

struct Judgement {
  Outcome outcome = Outcome::holds; // holds, broken, undecided, vacuous, skipped (refused), crashed, timed_out
  Finding finding;
  std::string incident; // skipped, crashed, timed_out: what happened
};

// The only comparison of measured with bound: holds where high <= bound, broken where low > bound, undecided in between.
Outcome decide(Measured measured, double bound);

// One case by one law. Where the comparison is undecided, the truth is resolved
// more finely until one of them is true, and at the finest the outcome is `undecided`. A bound that allows anything
// (infinite) cannot be held or broken: such a case is `vacuous`.
Judgement judge(const Property& property, const Subject& subject, const Case& c, const Oracle& oracle);

// Of several comparisons the one that comes nearest to breaking, or breaks most. Every law feeds one of these. If it is fed nothing
// (the class allows every element anything), its bound is infinite and the case vacuous.
class WorstFinding {
public:
  explicit WorstFinding(Basis basis, std::string because);
  // The same, unless the case has a limit: that one is held against everything which is considered then.
  WorstFinding(const Case& c, Basis basis, std::string because);
  void consider(Measured measured, double bound, std::optional<std::size_t> at, double want, double got);
  // For an answer that is not a number where one is due.
  void consider_not_a_number(double bound, std::size_t at, double want);
  void compare_bits(bool same) { worst_.same_bits = worst_.same_bits.value_or(true) && same; }
  Finding finding() const { return worst_; }

private:
  Finding worst_;
  std::optional<double> limit_;
  double worst_ratio_ = -1;
};

// measured.low / bound, with 0/0 = 0; how near a finding comes to breaking its law.
double ratio(Measured measured, double bound);

std::span<const Property* const> all_properties();

} // namespace softmax_audit
