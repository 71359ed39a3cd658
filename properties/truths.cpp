#include "properties/truths.hpp"

#include <bit>

namespace softmax_audit {

std::shared_ptr<const std::vector<Truth>> Truths::row(Format format, std::span<const double> x, double scale, int resolution) {
  // FNV-1a over the bits. A collision costs one more evaluation, never a wrong answer: the key is compared in full.
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto mix = [&hash](std::uint64_t word) { hash = (hash ^ word) * 0x100000001b3u; };
  mix(static_cast<std::uint64_t>(format));
  mix(static_cast<std::uint64_t>(resolution));
  mix(std::bit_cast<std::uint64_t>(scale));
  for (const double value : x) mix(std::bit_cast<std::uint64_t>(value));

  Key key{format, resolution, scale, {x.begin(), x.end()}};
  if (const auto found = kept_.find(hash); found != kept_.end() && found->second.first == key) return found->second.second;
  const Problem problem{Operation::softmax, format, 1, x.size(), x, scale};
  auto row = std::make_shared<const std::vector<Truth>>(softmax_audit::truths(oracle_, problem, resolution));
  if (elements_ + x.size() > capacity) {
    kept_.clear();
    elements_ = 0;
  }
  elements_ += x.size();
  kept_.insert_or_assign(hash, std::pair{std::move(key), row});
  return row;
}

} // namespace softmax_audit
