#include "properties/campaigns/kills.hpp"

#include <fmt/format.h>

#include <optional>

namespace softmax_audit {
namespace {

std::optional<KillRow::Kill> kill_of(const Property& property, const Subject& subject, const CheckOptions& options,
                                     const Oracle& oracle) {
  for (const Offer& offer : subject.offers) {
    if (!applies(property, subject, offer.operation, offer.format)) continue;
    const Verdict verdict = check(property, subject, offer.operation, offer.format, options, oracle);
    if (verdict.outcome == Outcome::broken) return KillRow::Kill{&property, offer.operation, offer.format, verdict.cases};
  }
  return std::nullopt;
}

bool can_be_judged(const Property& property, const Subject& subject) {
  for (const Offer& offer : subject.offers)
    if (applies(property, subject, offer.operation, offer.format)) return true;
  return false;
}

CheckOptions until_first_kill(const CheckOptions& options) {
  CheckOptions quick = options;
  quick.shrinks = false;
  return quick;
}

// Asking another process costs a hundred times as much as calling, and one that hangs or dies much more: only the law that must break
// the fault asks in full.
CheckOptions quick_where_apart(CheckOptions options, const Implementation& fault, const Property& property) {
  const std::size_t full = options.generated ? options.generated : generated_cases(options.effort);
  const bool is_apart = fault.runs_apart || property.isolation;
  if (is_apart && property.name != fault.breaks[0].property) options.generated = full / 16;
  return options;
}

} // namespace

KillRow kills_of(const Implementation& fault, const std::vector<Subject>& subjects, const CheckOptions& options,
                 const Oracle& oracle) {
  KillRow row;
  row.fault = &fault;
  if (subjects.empty()) return row;
  const Subject& subject = subjects.back();
  row.instruction_set = subject.instruction_set;
  row.offers = subject.offers;
  for (const Property* property : all_properties()) {
    if (!can_be_judged(*property, subject)) continue;
    ++row.laws_tried;
    if (const auto kill = kill_of(*property, subject, quick_where_apart(until_first_kill(options), fault, *property), oracle))
      row.kills.push_back(*kill);
  }
  return row;
}

std::vector<std::string> missed_by_named_law(const Implementation& fault, const std::vector<Subject>& subjects,
                                             const CheckOptions& options, const Oracle& oracle) {
  std::vector<std::string> missed;
  for (const Subject& subject : subjects)
    for (const Break& named : fault.breaks)
      for (const Property* property : all_properties()) {
        if (property->name != named.property) continue;
        if (!kill_of(*property, subject, until_first_kill(options), oracle))
          missed.push_back(fmt::format("{} {}: {} does not break it", fault.name, subject.instruction_set, named.property));
      }
  return missed;
}

} // namespace softmax_audit
