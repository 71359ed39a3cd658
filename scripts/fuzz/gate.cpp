// gate.toml: rejected in one sentence that begins with file, line and column, or a policy whose subjects can each be asked for, once, and
// whose limits can be held.
#include "impl/claim.hpp"
#include "properties/property.hpp"
#include "reports/gate/policy.hpp"
#include "scripts/fuzz/fuzz.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace softmax_audit {
namespace {

// A parser of policies needs their names, and which are about isolation.
constexpr Property law(std::string_view name, bool isolation = false) {
  return {.name = name, .statement = "", .source = "", .needs = "", .isolation = isolation, .arrange = nullptr, .admits = nullptr,
          .measure = nullptr};
}
constexpr Property accurate = law("is_accurate"), sums = law("sums_to_one"), order = law("preserves_order"),
                   reads = law("reads_only_its_inputs", true);

void require_place(Place place, std::string_view text) {
  const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  fuzz::require(place.line >= 1 && place.line <= lines && place.column >= 1, "something stands outside the file");
}

// "gate.toml:3:7: ..."
void require_location(std::string_view told) {
  constexpr std::string_view file = "gate.toml:";
  fuzz::require(told.starts_with(file), "a rejection does not name the file");
  told.remove_prefix(file.size());
  for (int k = 0; k < 2; ++k) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(told.data(), told.data() + told.size(), number);
    fuzz::require(error == std::errc{} && number >= 1 && end != told.data() + told.size() && *end == ':',
                  "a rejection does not say where");
    told.remove_prefix(static_cast<std::size_t>(end - told.data()) + 1);
  }
}

} // namespace

// Four laws stand for all.
std::span<const Property* const> all_properties();
std::span<const Property* const> all_properties() {
  static constexpr const Property* laws[] = {&accurate, &order, &reads, &sums};
  return laws;
}

void fuzz::once(std::span<const std::uint8_t> bytes) {
  const std::string_view text = text_of(bytes);
  Policy policy;
  const MemoryLimit limit((std::size_t{1} << 20) + 1024 * bytes.size());
  try {
    policy = policy_from(text, "gate.toml", {"shifted"});
  } catch (const std::invalid_argument& rejected) {
    require_one_sentence(rejected.what());
    return require_location(rejected.what());
  }
  for (const PolicySubject& subject : policy.subjects) {
    require_place(subject.place, text);
    require_one_sentence(subject.name);
    require(!subject.builtin.empty() + !subject.library.empty() + !subject.plugin.empty() + !subject.worker.empty() == 1,
            "a subject is not one thing");
    require(std::count_if(policy.subjects.begin(), policy.subjects.end(),
                          [&](const PolicySubject& other) { return other.name == subject.name; }) == 1,
            "a name stands for two subjects");
    if (!subject.claim.empty()) claim_from(subject.claim);
    for (const KnownBreak& known : subject.known_breaks) {
      require_place(known.place, text);
      require(!known.property.empty() && !known.reason.empty(), "a break is known without a law or a reason");
    }
  }
  for (const Limit& demanded : policy.limits) {
    require_place(demanded.place, text);
    require(std::isfinite(demanded.number) && demanded.number >= 0 && demanded.shortest >= 1 &&
                demanded.shortest <= demanded.longest,
            "a limit cannot be held");
    for (const auto* patterns : {&demanded.implementation, &demanded.operation, &demanded.format, &demanded.regime})
      matches(*patterns, "softmax");
  }
}

} // namespace softmax_audit
