// A baseline file: rejected in one sentence, or a baseline that is written and read back to the same bytes, and from which nothing has
// changed.
#include "reports/gate/baseline.hpp"
#include "scripts/fuzz/fuzz.hpp"

namespace softmax_audit {

void fuzz::once(std::span<const std::uint8_t> bytes) {
  Baseline baseline;
  {
    const MemoryLimit limit((std::size_t{1} << 20) + 512 * bytes.size());
    if (!accepted([&] { baseline = baseline_from(text_of(bytes), "baseline.json"); })) return;
  }
  const std::string written = text_of(baseline);
  const Baseline again = baseline_from(written, "written");
  require(text_of(again) == written, "a written baseline reads back differently");
  for (const auto& [key, entry] : baseline) {
    std::map<std::string, double> same;
    for (const auto& [name, figure] : entry.figures) {
      require(figure.value >= 0, "a figure is not from 0 on");
      same[name] = figure.value;
    }
    require(changes(entry, same).empty(), "a baseline differs from itself");
    require(changes(updated(entry, same, "for no reason"), same).empty(), "a baseline that is updated by itself differs");
  }
}

} // namespace softmax_audit
