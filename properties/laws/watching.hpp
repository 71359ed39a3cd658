// What the laws of isolation have in common: a question, one way to ask it, and one deed that must not be seen.
#pragma once

#include "properties/laws/row_facts.hpp"

namespace softmax_audit {

// Every row is one: what code does besides answering must not depend on what it is asked.
inline bool is_any_row(const Case& c) { return !c.x.empty(); }

// The three fences in turn.
inline void choose_fence(Case& c, Random&, std::size_t index) { c.number = 1 + index % 3; }
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
inline Done ask_watching(const Subject& subject, const Problem& problem, const Placement& placement, Deed deed) {
  try {
    Answer answer = subject.run_watched(problem, placement);
    return {answer.deeds.has(deed), answer.seen, std::move(answer)};
  } catch (const Incident& incident) {
    if (incident.deed != deed) throw;
    return {true, incident.what(), {}};
  }
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
