// What the laws of isolation have in common: a question, one way to ask it, and one deed that must not be seen.
#pragma once

#include "properties/laws/row_facts.hpp"

namespace softmax_audit {

// Every row is one: what code does besides answering must not depend on what it is asked. Only a finite output is one of shares, as
// everywhere, so that the rerun line is a question that the program takes.
inline bool is_any_row(const Case& c) {
  const auto may_be = [](double y) { return is_share(y) || !std::isfinite(y); };
  return !c.x.empty() &&
         (c.operation != Operation::softmax_backward_from_output || std::all_of(c.x.begin(), c.x.end(), may_be));
}

// Cut, or made longer by its own elements over and over.
inline void take_width(Case& c, std::size_t width) {
  const std::size_t n = c.x.size();
  c.source.clear();
  for (std::size_t i = n; i < width; ++i) c.x.push_back(c.x[i % n]);
  c.x.resize(width);
  if (!takes_upstream_gradient(c.operation)) return;
  for (std::size_t i = n; i < width; ++i) c.dy.push_back(c.dy[i % n]);
  c.dy.resize(width);
}

// Generated rows have no special values but masks; here one in eight gets some: what hangs, traps and prints does so there. At the end, at the
// beginning and anywhere in turn: a comparison with NaN forgets one of its sides.
inline void put_special_values(Case& c, Random& random, std::size_t index) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (index % 8 != 7) return;
  const std::size_t places[] = {c.x.size() - 1, 0, random.below(c.x.size())};
  const std::size_t place = places[index / 32 % 3];
  c.source.clear();
  switch (index / 8 % 4) {
    case 0: c.x[place] = std::numeric_limits<double>::quiet_NaN(); break;
    case 1: c.x[place] = infinity; break;
    case 2: c.x.assign(c.x.size(), -infinity); break;
    default: c.x[place] = -0.0;
  }
}

// Tails and special cases are a matter of the width: every one up to this comes first, then rows as they are generated.
inline constexpr std::size_t widths_in_turn = 48;

inline void add_special_values(Case& c, Random& random, std::size_t index) {
  if (index < widths_in_turn) take_width(c, 1 + index);
  put_special_values(c, random, index);
}

// The three fences in turn, at every width.
inline void choose_fence(Case& c, Random& random, std::size_t index) {
  if (index < 3 * widths_in_turn) take_width(c, 1 + index / 3);
  put_special_values(c, random, index);
  c.number = 1 + index % 3;
}
inline bool has_fence(const Case& c) { return is_any_row(c) && c.number >= 1 && c.number <= 3; }
inline Placement fenced(const Case& c) {
  Placement placement;
  placement.fence = static_cast<Fence>(c.number);
  return placement;
}
inline std::string_view where_fence_is(const Case& c) {
  constexpr std::array<std::string_view, 4> words{"with readable memory around every buffer", "buffers aligned to 64 bytes",
                                                  "buffers flush to their end", "buffers flush to their beginning"};
  return words[c.number];
}

// 1 where the deed was done, with its words; another deed that leaves no answer is the matter of another law (Incident).
struct Done {
  bool done = false;
  std::string seen;
  Answer answer; // where there is one
};
// Where the process cannot say what it touched: with fences it dies of a fault of memory, without them it answers.
inline bool dies_of_fences(const Subject& subject, const Problem& problem, const Placement& placement,
                           const Incident& incident) {
  if (incident.deed != Deed::raises_signal || placement.fence == Fence::none) return false;
  Placement open = placement;
  open.fence = Fence::none;
  try {
    (void)subject.run_watched(problem, open);
    return true;
  } catch (const Incident&) {
    return false;
  }
}

inline Done ask_watching(const Subject& subject, const Problem& problem, const Placement& placement, Deed deed) {
  try {
    Answer answer = subject.run_watched(problem, placement);
    return {answer.deeds.has(deed), answer.seen, std::move(answer)};
  } catch (const Incident& incident) {
    if (incident.deed == deed) return {true, incident.what(), {}};
    if (deed == Deed::reads_outside && dies_of_fences(subject, problem, placement, incident))
      return {true, std::string(incident.what()) + "; without pages around its buffers that nobody may touch it answers", {}};
    throw;
  }
}

inline bool same_bits_in(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), &same_bits);
}

// Two ways of asking gave different bits, and each has to give its own again and again; what does not repeat itself at all says nothing
// about the difference.
template <class First, class Other>
void require_repeatable(const First& ask_first, const std::vector<double>& first, const Other& ask_other,
                        const std::vector<double>& other) {
  for (int times = 0; times < 8; ++times)
    if (!same_bits_in(first, ask_first()) || !same_bits_in(other, ask_other()))
      throw Incident(Incident::Kind::refused, "the same call gives other bits: the matter of repeats_itself");
}

inline Finding finding_of(bool done, std::string seen, std::string because) {
  WorstFinding worst(Basis::theorem, std::move(because));
  const double count = done ? 1 : 0;
  worst.consider({count, count}, 0, std::nullopt, 0, count);
  Finding finding = worst.finding();
  if (done) finding.seen = std::move(seen);
  return finding;
}

// The whole of most laws: asked this way, the deed is not done.
inline Finding must_not(Deed deed, const Subject& subject, const Case& c, const Placement& placement) {
  const Done done = ask_watching(subject, question_of(c), placement, deed);
  return finding_of(done.done, done.seen, "a function of its arguments: no tolerance");
}

} // namespace softmax_audit
