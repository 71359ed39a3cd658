#include "properties/inputs/structures.hpp"

#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>

#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <unordered_map>

namespace softmax_audit {
namespace {

// RapidCheck prints a failing example with this, found by its argument's namespace. We shrink and print rows ourselves.
[[maybe_unused]] std::ostream& operator<<(std::ostream& stream, const Structure& structure) {
  return stream << "row seed " << structure.seed;
}

// noShrink: RapidCheck's shrinking of structure would fight with ours of bits, which ends at a locally minimal row.
rc::Gen<Structure> any_structure() {
  return rc::gen::noShrink(rc::gen::exec([] {
    // resize: RapidCheck narrows numbers and ranges at small sizes, and neither a seed nor a regime has a size.
    const auto any_bits = rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
    const auto any_regime = rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, regime_names.size()));
    Structure structure;
    structure.length = interesting_length(*any_bits);
    structure.regime = static_cast<Regime>(*any_regime);
    structure.ties = *rc::gen::weightedElement<bool>({{3, false}, {1, true}});
    structure.masks = *rc::gen::weightedElement<bool>({{4, false}, {1, true}});
    structure.scaled = *rc::gen::weightedElement<bool>({{4, false}, {1, true}});
    structure.steps = *rc::gen::weightedElement<bool>({{7, false}, {1, true}});
    structure.seed = *any_bits;
    return structure;
  }));
}

std::vector<Structure> drawn(std::uint64_t seed, std::size_t count) {
  std::vector<Structure> all;
  all.reserve(count);
  rc::detail::TestParams parameters;
  parameters.seed = seed;
  parameters.maxSuccess = static_cast<int>(count);
  parameters.disableShrinking = true;
  // With all five arguments the environment's RC_PARAMS is not consulted: a foreign `reproduce` there makes RapidCheck report
  // success after no case at all.
  const std::unordered_map<std::string, rc::detail::Reproduce> nothing_to_reproduce;
  rc::detail::TestListenerAdapter silent;
  const rc::detail::TestResult result = rc::detail::checkTestable(
      [&all] { all.push_back(*any_structure()); }, rc::detail::TestMetadata{}, parameters, silent, nothing_to_reproduce);
  if (all.size() != count) {
    std::ostringstream reason;
    rc::detail::printResultMessage(result, reason);
    throw std::logic_error("RapidCheck drew " + std::to_string(all.size()) + " of " + std::to_string(count) +
                           " structures: " + reason.str());
  }
  return all;
}

} // namespace

std::shared_ptr<const std::vector<Structure>> structures(std::uint64_t seed, std::size_t count) {
  static std::mutex mutex;
  static std::map<std::pair<std::uint64_t, std::size_t>, std::shared_ptr<const std::vector<Structure>>> kept;
  constexpr std::size_t most_kept = 64; // of different seeds and counts; a run has a few
  const std::lock_guard lock(mutex);
  if (const auto found = kept.find({seed, count}); found != kept.end()) return found->second;
  if (kept.size() >= most_kept) kept.clear();
  return kept[{seed, count}] = std::make_shared<const std::vector<Structure>>(drawn(seed, count));
}

} // namespace softmax_audit
