// One stream of random numbers, the same on every machine: the standard library's distributions are not.
#pragma once

#include <cstdint>
#include <cstddef>

namespace softmax_audit {

// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
class Random {
public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // In [0, n); n >= 1. The bias of at most n 2^-64 does not matter to a search.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(bits() % n); }
  // In [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(high - low + 1));
  }
  // In [0, 1), on a grid of 2^-53.
  double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  // Close to normal with mean 0 and standard deviation 1 (twelve uniforms: exact sums, no libm, the same bits everywhere).
  double normal() {
    double sum = -6;
    for (int k = 0; k < 12; ++k) sum += unit();
    return sum;
  }

private:
  std::uint64_t state_;
};

} // namespace softmax_audit
