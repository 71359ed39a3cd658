// What is judged: softmax implementations that are compiled into the program.
#pragma once

#include "impl/claim.hpp"
#include "oracles/problem.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace softmax_audit {

// y_i = softmax(scale * x)_i for one row of n >= 1 logits; x and y do not overlap.
template <class T> using SoftmaxKernel = void (*)(const T* x, T* y, std::size_t n, T scale);

// nullptr where the implementation has no such format.
struct Kernels {
  SoftmaxKernel<float> f32 = nullptr;
  SoftmaxKernel<double> f64 = nullptr;
};

// One implementation compiled for one instruction set.
struct Variant {
  std::string_view instruction_set; // "scalar" for portable C++
  bool (*runnable)();               // does this machine have it?
  Kernels kernels;
  Claim claim;
};

// A law that the implementation is known to break, and why: checked like everything else, in both directions.
struct Break {
  std::string_view property;
  std::string_view because;
  std::optional<Format> only_in{}; // unset: in every format
};

struct Implementation {
  std::string_view name;
  std::string_view summary; // the formula, in one line
  std::string_view source;  // where the algorithm comes from
  std::span<const Break> breaks;
  std::span<const Variant> variants;
};

inline bool runs_everywhere() { return true; }

} // namespace softmax_audit
