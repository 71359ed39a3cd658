// Asks the oracle once for each row: every implementation is judged on the same rows, and the truth does not depend on it.
#pragma once

#include "oracles/oracle.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace softmax_audit {

class Truths {
public:
  explicit Truths(const Oracle& oracle) : oracle_(oracle) {}
  const Oracle& oracle() const { return oracle_; }

  // The truth of one row of softmax(scale * x).
  std::shared_ptr<const std::vector<Truth>> row(Format format, std::span<const double> x, double scale,
                                                int resolution = default_resolution);

private:
  struct Key {
    Format format;
    int resolution;
    double scale;
    std::vector<double> x;
    auto operator<=>(const Key&) const = default;
  };
  // Elements kept before everything is forgotten: 2^22 truths are about 200 MB with their keys.
  static constexpr std::size_t capacity = std::size_t{1} << 22;
  const Oracle& oracle_;
  std::map<std::uint64_t, std::pair<Key, std::shared_ptr<const std::vector<Truth>>>> kept_;
  std::size_t elements_ = 0;
};

} // namespace softmax_audit
