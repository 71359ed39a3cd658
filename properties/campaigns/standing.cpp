#include "properties/campaigns/standing.hpp"

#include <algorithm>
#include <stdexcept>

namespace softmax_audit {
namespace {

// By what they allow for long rows first, then for single exponentials. Not a total order of classes: a subject may meet two neighbours
// for different reasons, and the first is named.
constexpr std::string_view ladder[] = {
    "arithmetic=f64",
    "exp=0.55,sum=compensated,difference=compensated",
    "exp=1,sum=compensated",
    "exp=1,sum=pairwise",
    "exp=1,sum=lanes:64",
    "exp=1,sum=lanes:16",
    "nothing",
    "exp=2",
    "division=reciprocal",
    "form=exp2",
    "exp=4,division=reciprocal",
    "rescaling=online",
    "exp=4,form=exp2,rescaling=online,division=reciprocal",
    "exp=2,form=exp2-fused",
    "exp=16,sum=lanes:16",
    "exp=256,form=exp2,rescaling=online,division=reciprocal",
};

const Property& property_named(std::string_view name) {
  for (const Property* property : all_properties())
    if (property->name == name) return *property;
  throw std::logic_error("there is no law " + std::string(name) + ": a mistake of this program");
}

bool holds(std::string_view law, const Subject& subject, Operation operation, Format format, const CheckOptions& options,
           const Oracle& oracle) {
  const Property& property = property_named(law);
  return !applies(property, subject, operation, format) ||
         check(property, subject, operation, format, options, oracle).outcome == Outcome::holds;
}

Profile profile_named(std::string_view name) {
  return static_cast<Profile>(std::find(profile_names.begin(), profile_names.end(), name) - profile_names.begin());
}

bool meets_profile(std::string_view profile, const Subject& subject, Operation operation, Format format,
                   const CheckOptions& options, const Oracle& oracle) {
  Subject declared = subject;
  declared.profile = profile_named(profile);
  const Property& law = property_named("treats_special_values");
  return applies(law, declared, operation, format) && holds(law.name, declared, operation, format, options, oracle);
}

} // namespace

std::span<const std::string_view> claim_ladder() { return ladder; }

Profile profile_of(const Subject& subject, Operation operation, Format format, const CheckOptions& given,
                   const Oracle& oracle) {
  if (!subject.profile_is_assumed) return subject.profile;
  CheckOptions options = given;
  options.shrinks = false;
  options.only.reset();
  options.rows.clear();
  for (const std::string_view profile : profile_names)
    if (meets_profile(profile, subject, operation, format, options, oracle)) return profile_named(profile);
  return subject.profile;
}

Standing standing_of(const Subject& subject, Operation operation, Format format, const CheckOptions& asked,
                     const Oracle& oracle) {
  CheckOptions options = asked;
  options.shrinks = false;
  options.only.reset();
  Standing standing;
  standing.operation = operation;
  standing.format = format;
  for (const std::string_view text : ladder) {
    Subject claimed = subject;
    claimed.claim = claim_from(text);
    if (format == Format::f64 && claimed.claim.arithmetic) continue; // nothing wider is known of
    if (!holds("is_accurate", claimed, operation, format, options, oracle) ||
        !holds("sums_to_one", claimed, operation, format, options, oracle))
      continue;
    standing.strongest_claim = text;
    break;
  }
  for (const std::string_view profile : profile_names)
    if (meets_profile(profile, subject, operation, format, options, oracle)) standing.profiles.push_back(profile);
  for (const auto& [subnormals, text] :
       {std::pair{Subnormals::gradual, std::string_view("gradual")}, {Subnormals::flushed, "flushed"}}) {
    Subject declared = subject;
    declared.claim.subnormals = subnormals;
    const Property& law = property_named("treats_subnormals");
    if (applies(law, declared, operation, format) && holds(law.name, declared, operation, format, options, oracle))
      standing.subnormals.push_back(text);
  }
  return standing;
}

void add_contracts(Standing& standing, const std::vector<Verdict>& verdicts) {
  for (std::size_t k = 0; k < contract_names.size(); ++k) {
    Standing::ContractCount count{static_cast<Contract>(k)};
    for (const Verdict& verdict : verdicts)
      if (verdict.property->contract == count.contract) {
        count.compared += verdict.bits_compared;
        count.differed += verdict.bits_differed;
      }
    if (count.compared > 0) standing.contracts.push_back(count);
  }
}

} // namespace softmax_audit
