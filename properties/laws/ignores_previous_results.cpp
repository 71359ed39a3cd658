// Law      the results do not depend on what their place held before.
// Source   impl/foreign/README.md, "Prefills".
// Basis    theorem, with bound 0.
// Needs    any row.
#include "properties/laws/watching.hpp"

namespace softmax_audit {
namespace {

Finding measure(const Subject& subject, const Case& c, const Oracle&, int) {
  const auto ask = [&](std::size_t k) { return subject.run_watched(question_of(c), {.prefill = static_cast<Prefill>(k)}).y; };
  const std::vector<double> first = ask(0);
  WorstFinding worst(Basis::theorem, "a function of its arguments: no tolerance");
  double different = 0;
  std::optional<std::size_t> at;
  double want = 0, got = 0;
  for (std::size_t k = 1; k < prefill_count && !at; ++k) {
    const std::vector<double> other = ask(k);
    for (std::size_t i = 0; i < first.size(); ++i) {
      if (same_bits(first[i], other[i])) continue;
      ++different;
      if (at) continue;
      at = i;
      want = first[i];
      got = other[i];
    }
    if (at) require_repeatable([&] { return ask(0); }, first, [&] { return ask(k); }, other);
  }
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
    .least_cases = 20,
    .operations = all_operations,
    .abilities = {Ability::prefill},
    .isolation = true,
    .cost = 8,
    .arrange = &add_special_values,
    .admits = &is_any_row,
    .measure = &measure,
};
} // namespace laws

} // namespace softmax_audit
