// What is judged: softmax implementations and their relatives, compiled into the program.
#pragma once

#include "impl/claim.hpp"
#include "oracles/problem.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace softmax_audit {

// Where the rows of one call lie: `blocks` blocks of cols x inner elements, `pitch` elements from one block to the next.
// Row r = block * inner + k has its element i at block * pitch + i * inner + k.
//   contiguous rows                          inner = 1, pitch = cols
//   rows with a gap between them             inner = 1, pitch > cols
//   along an axis that has others behind it  inner > 1
struct Layout {
  std::size_t blocks = 1, cols = 0, inner = 1, pitch = 0;
  constexpr std::size_t rows() const { return blocks * inner; }
  constexpr std::size_t first_of_row(std::size_t r) const { return r / inner * pitch + r % inner; }
  constexpr std::size_t elements() const { return blocks == 0 ? 0 : (blocks - 1) * pitch + cols * inner; }
};

// One call: the operation (problem.hpp says what each computes) on every row of a tensor, cols >= 1. Operations that give one
// value a row write it to y[r]; the others lay y and dy out like x. y may be x where the variant works in place.
template <class T> struct Call {
  Layout layout;
  const T* x = nullptr;
  T* y = nullptr;
  const T* dy = nullptr;                // the two backward operations
  const std::int64_t* target = nullptr; // cross_entropy: one a row
  T scale{};
};
template <class T> using Kernel = void (*)(const Call<T>&);

// binary16 and bfloat16 are storage: their kernels compute in float and round once.
template <class T> using ArithmeticOf = std::conditional_t<std::is_same_v<T, double>, double, float>;

// One row of a call, for kernels that are written row by row: read and written in the arithmetic, element by element.
template <class T> struct Row {
  using Arithmetic = ArithmeticOf<T>;
  std::size_t n = 0, stride = 1;
  const T* x_data = nullptr;
  T* y_data = nullptr;
  const T* dy_data = nullptr;
  std::size_t target = 0;
  Arithmetic scale = 1;

  Arithmetic x(std::size_t i) const { return static_cast<Arithmetic>(from_storage(x_data[i * stride])); }
  Arithmetic dy(std::size_t i) const { return static_cast<Arithmetic>(from_storage(dy_data[i * stride])); }
  // Rounds once to the storage format. For operations that give one value a row, i = 0.
  void put(std::size_t i, Arithmetic value) const { y_data[i * stride] = to_storage<T>(static_cast<double>(value)); }
};

// The kernel that takes the rows of a call one after the other.
template <class T, void (*kernel)(const Row<T>&), bool one_value_a_row = false> void each_row(const Call<T>& call) {
  for (std::size_t r = 0; r < call.layout.rows(); ++r) {
    const std::size_t first = call.layout.first_of_row(r);
    kernel({.n = call.layout.cols,
            .stride = call.layout.inner,
            .x_data = call.x + first,
            .y_data = call.y + (one_value_a_row ? r : first),
            .dy_data = call.dy ? call.dy + first : nullptr,
            .target = call.target ? static_cast<std::size_t>(call.target[r]) : 0,
            .scale = static_cast<ArithmeticOf<T>>(from_storage(call.scale))});
  }
}

// The same for the usual signature, softmax(scale * x) of one contiguous row: rows along another axis are gathered first.
template <class T, void (*kernel)(const T* x, T* y, std::size_t n, T scale)> void each_contiguous_row(const Call<T>& call) {
  const Layout& layout = call.layout;
  std::vector<T> x(layout.inner > 1 ? layout.cols : 0), y(x.size());
  for (std::size_t r = 0; r < layout.rows(); ++r) {
    const std::size_t first = layout.first_of_row(r);
    if (layout.inner == 1) {
      kernel(call.x + first, call.y + first, layout.cols, call.scale);
      continue;
    }
    for (std::size_t i = 0; i < layout.cols; ++i) x[i] = call.x[first + i * layout.inner];
    kernel(x.data(), y.data(), layout.cols, call.scale);
    for (std::size_t i = 0; i < layout.cols; ++i) call.y[first + i * layout.inner] = y[i];
  }
}

// One operation of one variant; nullptr where it has no such format.
struct Kernels {
  Operation operation = Operation::softmax;
  Kernel<binary16> f16 = nullptr;
  Kernel<bfloat16> bf16 = nullptr;
  Kernel<float> f32 = nullptr;
  Kernel<double> f64 = nullptr;
};

// One implementation compiled for one instruction set.
struct Variant {
  std::string_view instruction_set; // "scalar" for portable C++
  bool (*runnable)();               // does this machine have it?
  std::span<const Kernels> kernels; // one entry an operation
  Claim claim{};
  bool works_in_place = true; // y == x is allowed, for operations whose results have the shape of x
};

// A law that the implementation is known to break, and why: checked like everything else, in both directions.
struct Break {
  std::string_view property;
  std::string_view because;
  std::optional<Format> only_in{};    // unset: in every format
  std::optional<Operation> only_of{}; // unset: of every operation
};

struct Implementation {
  std::string_view name;
  std::string_view summary;      // the formula, in one line
  std::string_view source;       // where the algorithm comes from; of a fault: the report that it was seen in
  std::span<const Break> breaks; // of a fault: the law that must break it, and why
  std::span<const Variant> variants;
  bool runs_apart = false; // it damages the process that it runs in: called by the runner only (impl/foreign/)
};

inline bool runs_everywhere() { return true; }

} // namespace softmax_audit
