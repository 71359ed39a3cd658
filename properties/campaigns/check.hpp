// Judges subjects by laws: corpus first, then given rows, then generated ones.
#pragma once

#include "properties/property.hpp"

#include <functional>
#include <string>

namespace softmax_audit {

enum class Effort { smoke, gate, deep };
inline constexpr std::array<std::string_view, 3> effort_names{"smoke", "gate", "deep"};
constexpr std::string_view name(Effort effort) { return effort_names[static_cast<std::size_t>(effort)]; }

// Generated cases of one law for one subject and format: below 2 s for all laws of one built-in implementation at smoke, below 60 s
// at gate, on two cores.
constexpr std::size_t generated_cases(Effort effort) {
  switch (effort) {
    case Effort::smoke: return 1000;
    case Effort::gate: return 20000;
    case Effort::deep: return 500000;
  }
  return 0;
}

// Generated rows have up to 257 elements; these are judged besides, one row of each length and law.
inline constexpr std::array<std::size_t, 2> long_rows_at_smoke{1000, 10000};
inline constexpr std::array<std::size_t, 4> long_rows_at_gate{1000, 4097, 20000, 100000};
constexpr std::span<const std::size_t> long_rows(Effort effort) {
  return effort == Effort::smoke ? std::span<const std::size_t>(long_rows_at_smoke)
                                 : std::span<const std::size_t>(long_rows_at_gate);
}

inline constexpr std::uint64_t default_seed = 1;

struct CheckOptions {
  Effort effort = Effort::smoke;
  std::uint64_t seed = default_seed;
  std::vector<std::vector<double>> rows; // real logits, as doubles; rounded once to each format
  std::optional<Case> only;              // this case and nothing else
  std::function<void(std::size_t cases)> progress;
};

struct Verdict {
  const Property* property = nullptr;
  Format format = Format::f32;
  Outcome outcome = Outcome::vacuous;
  Finding finding;             // of the break, or of the case that came nearest to one
  std::optional<Case> witness; // of the same
  std::string incident;
  std::uint64_t cases = 0;     // that met the precondition and exercised the law
  std::size_t shrunk_from = 0; // length of the row that first broke it; 0: not shrunk
};

Verdict check(const Property& property, const Subject& subject, Format format, const CheckOptions& options, Truths& truths);

} // namespace softmax_audit
