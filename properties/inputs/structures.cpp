#include "properties/inputs/structures.hpp"

#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>

#include <exception>
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
    structure.seed = *any_bits;
    return structure;
  }));
}

} // namespace

std::size_t for_each_structure(std::uint64_t seed, std::size_t count, const std::function<bool(const Structure&)>& visit) {
  std::size_t visited = 0;
  bool stopped = false;
  std::exception_ptr thrown; // RapidCheck would take it for a counterexample
  const auto property = [&] {
    const Structure structure = *any_structure();
    if (stopped) RC_FAIL("stopped by the caller"); // RapidCheck runs a failure again, to describe it
    ++visited;
    try {
      stopped = !visit(structure);
    } catch (...) {
      thrown = std::current_exception();
      stopped = true;
    }
    if (stopped) RC_FAIL("stopped by the caller");
  };
  rc::detail::TestParams parameters;
  parameters.seed = seed;
  parameters.maxSuccess = static_cast<int>(count);
  parameters.disableShrinking = true;
  // With all five arguments the environment's RC_PARAMS is not consulted: a foreign `reproduce` there makes RapidCheck report
  // success after no case at all.
  const std::unordered_map<std::string, rc::detail::Reproduce> nothing_to_reproduce;
  rc::detail::TestListenerAdapter silent;
  const rc::detail::TestResult result =
      rc::detail::checkTestable(property, rc::detail::TestMetadata{}, parameters, silent, nothing_to_reproduce);
  if (thrown) std::rethrow_exception(thrown);
  if (!stopped && visited != count) {
    std::ostringstream reason;
    rc::detail::printResultMessage(result, reason);
    throw std::logic_error("RapidCheck ran " + std::to_string(visited) + " of " + std::to_string(count) +
                           " cases: " + reason.str());
  }
  return visited;
}

} // namespace softmax_audit
