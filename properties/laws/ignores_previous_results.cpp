// Law      the results do not depend on what their place held before.
// Source   impl/foreign/README.md, "Prefills".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  Placement placement;
  const Answer first = subject.run_watched(question_of(c), placement);
  WorstFinding worst(Basis::theorem, "a function of its arguments: no tolerance");
  double different = 0;
  std::optional<std::size_t> at;
  double want = 0, got = 0;
  for (std::size_t k = 1; k < prefill_count && !at; ++k) {
    placement.prefill = static_cast<Prefill>(k);
    const Answer other = subject.run_watched(question_of(c), placement);
    for (std::size_t i = 0; i < first.y.size(); ++i) {
      if (same_bits(first.y[i], other.y[i])) continue;
      ++different;
      if (at) continue;
      at = i;
      want = first.y[i];
      got = other.y[i];
    }
  }
  // Asked the same again, it must have been the prefill.
  placement.prefill = Prefill::not_a_number;
  const Answer again = subject.run_watched(question_of(c), placement);
  if (!std::equal(first.y.begin(), first.y.end(), again.y.begin(), &same_bits))
    throw Incident(Incident::Kind::refused, "the same call gives other bits: the matter of repeats_itself");
  worst.consider({different, different}, 0, at, want, got);
  Finding finding = worst.finding();
  if (different > 0) finding.seen = "its results depend on what y held before the call";
  return finding;
}

} // namespace

namespace laws {
extern constinit const Property ignores_previous_results{
    .name = "ignores_previous_results",
    .statement = "y prefilled with NaN, 0, 1, the largest number, -inf: the same bits",
    .source = "impl/foreign/README.md#laws-of-isolation",
    .needs = "any row",
    .means = "What it computes depends on what the output buffer held before: right in a test with fresh memory, wrong in a "
             "program that reuses buffers.",
    .unit = Unit::elements,
    .operations = all_operations,
    .abilities = {Ability::prefill},
    .isolation = true,
    .cost = 4,
    .arrange = &keep_row,
    .admits = &is_any_row,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
