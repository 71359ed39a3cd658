// Judges subjects by laws: the user's corpus first, then the compiled-in one, given rows, generated ones.
#pragma once

#include "properties/inputs/corpus.hpp"
#include "properties/property.hpp"

#include <functional>
#include <limits>
#include <string>

namespace softmax_audit {

enum class Effort { smoke, gate, deep };
inline constexpr std::array<std::string_view, 3> effort_names{"smoke", "gate", "deep"};
constexpr std::string_view name(Effort effort) { return effort_names[static_cast<std::size_t>(effort)]; }

// Generated cases of one law for one subject, operation and format; a law divides them by its cost. All laws of softmax of one scalar
// implementation, in all formats, take less than 2 s at smoke and less than 60 s at gate, on two cores.
constexpr std::size_t generated_cases(Effort effort) {
  switch (effort) {
    case Effort::smoke: return 1000;
    case Effort::gate: return 20000;
    case Effort::deep: return 500000;
  }
  return 0;
}

// Generated rows have up to 257 elements; rows of these lengths are judged besides.
inline constexpr std::array<std::size_t, 2> long_rows_at_smoke{1000, 10000};
// 32000, 50257 and 128256: vocabularies of well-known language models.
inline constexpr std::array<std::size_t, 7> long_rows_at_gate{
    1000, 4097, 32000, 50257, std::size_t{1} << 16, 128256, std::size_t{1} << 20};
constexpr std::span<const std::size_t> long_rows(Effort effort) {
  return effort == Effort::smoke ? std::span<const std::size_t>(long_rows_at_smoke)
                                 : std::span<const std::size_t>(long_rows_at_gate);
}
// Laws whose cases cost more than one answer ask of the long rows those with at most so many elements, all answers together.
inline constexpr std::size_t most_elements_of_costly_laws = std::size_t{1} << 18;
// One row of a length is of trained classifiers' logits; up to this length there is one of each other regime, too, with ties, masks or a
// scale: code takes other paths in long rows, and its mistakes about masks are made there once more. A law of cost c gets the c-th part.
inline constexpr std::size_t longest_row_of_all_regimes = 4097;

inline constexpr std::uint64_t default_seed = 1;

struct CheckOptions {
  Effort effort = Effort::smoke;
  std::uint64_t seed = default_seed;
  std::size_t generated = 0;             // cases instead of those of the effort; 0: those
  std::vector<CorpusEntry> asked_first;  // of a corpus file of the user's
  std::vector<std::vector<double>> rows; // real logits, as doubles; rounded once to each format
  std::size_t from_length = 0,
              to_length = std::numeric_limits<std::size_t>::max(); // generated and long rows of others are left out
  std::optional<Case> only;                                        // this case and nothing else
  std::optional<double> limit;                                     // instead of the law's own bound
  bool shrinks = true;                                             // a counterexample
  std::function<bool(std::size_t k)> leaves_out;                   // the k-th case, from 0, of those that the law admits
  std::function<void(std::size_t cases)> progress;                 // may be called from several threads
};

struct Verdict {
  const Property* property = nullptr;
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  Outcome outcome = Outcome::vacuous;
  Finding finding;             // of the break, or of the case that came nearest to one
  std::optional<Case> witness; // of the same
  std::string incident;
  std::uint64_t cases = 0;                            // that met the precondition and exercised the law
  std::uint64_t bits_compared = 0, bits_differed = 0; // cases in which two runs were compared bit for bit
  std::size_t shrunk_from = 0;                        // length of the row that first broke it; 0: not shrunk
  bool shrinking_unfinished = false;                  // time ended first: the witness need not be locally minimal
};

// Requires applies(property, subject, operation, format).
Verdict check(const Property& property, const Subject& subject, Operation operation, Format format, const CheckOptions& options,
              const Oracle& oracle);

} // namespace softmax_audit
