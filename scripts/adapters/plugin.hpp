// What the adapters of this folder share. An adapter offers one library's softmax through impl/foreign/softmax_audit_plugin.h
// and passes the program's pointers straight into the library, because reads and writes outside them are to be noticed.
#pragma once

#include <softmax_audit_plugin.h>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <string>
#include <utility>

namespace adapter {

// scripts/atlas names the variant's instruction set, because most libraries do not tell which one they chose.
inline const char* instruction_set() { return std::getenv("SOFTMAX_AUDIT_INSTRUCTION_SET"); }

inline const softmax_audit_plugin* cannot_serve(const std::string& reason) {
  std::fprintf(stderr, "%s\n", reason.c_str());
  return nullptr;
}

// What this translation unit was compiled for and the processor has not, or nullptr.
inline const char* missing_instruction_set() {
#if defined(__x86_64__)
  __builtin_cpu_init();
#ifdef __AVX512F__
  if (!__builtin_cpu_supports("avx512f")) return "AVX-512F";
#endif
#ifdef __AVX512DQ__
  if (!__builtin_cpu_supports("avx512dq")) return "AVX-512DQ";
#endif
#ifdef __AVX2__
  if (!__builtin_cpu_supports("avx2")) return "AVX2";
#endif
#ifdef __FMA__
  if (!__builtin_cpu_supports("fma")) return "FMA";
#endif
#endif
  return nullptr;
}

template <class T> const T* row_of_x(const softmax_audit_call& call, std::size_t row) {
  return static_cast<const T*>(call.x) + static_cast<std::ptrdiff_t>(row) * call.x_row;
}

// dy has the layout of x.
template <class T> const T* row_of_dy(const softmax_audit_call& call, std::size_t row) {
  return static_cast<const T*>(call.dy) + static_cast<std::ptrdiff_t>(row) * call.x_row;
}

template <class T> T* row_of_y(const softmax_audit_call& call, std::size_t row) {
  return static_cast<T*>(call.y) + static_cast<std::ptrdiff_t>(row) * call.y_row;
}

// An exception must not pass a C interface: it refuses the question, and the first one is told.
template <class Body> int done_unless_thrown(Body&& body) noexcept {
  static bool told = false;
  const char* reason = "an exception of an unknown type";
  try {
    std::forward<Body>(body)();
    return SOFTMAX_AUDIT_DONE;
  } catch (const std::exception& exception) {
    if (!std::exchange(told, true)) std::fprintf(stderr, "refused: %s\n", exception.what());
  } catch (...) {
    if (!std::exchange(told, true)) std::fprintf(stderr, "refused: %s\n", reason);
  }
  return SOFTMAX_AUDIT_REFUSED;
}

// Primitives, operators and graphs are made once a shape. Thousands of widths are asked, so that all are dropped when there
// are many.
template <class Key, class Value> class Prepared {
public:
  template <class Make> Value& get(const Key& key, Make&& make) {
    if (const auto found = made_.find(key); found != made_.end()) return found->second;
    if (made_.size() >= 64) made_.clear();
    return made_.emplace(key, std::forward<Make>(make)()).first->second;
  }

private:
  std::map<Key, Value> made_;
};

// The textbook softmax around somebody else's exp of a whole row in place, exponential(y, n). Nothing else is to be seen, so
// that the sum and the quotients are of binary64.
template <class T, class Exponential> void softmax_with(const T* x, T* y, std::size_t n, Exponential&& exponential) {
  T maximum = x[0];
  for (std::size_t i = 1; i < n; ++i) maximum = x[i] > maximum || std::isnan(x[i]) ? x[i] : maximum;
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] - maximum;
  exponential(y, n);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(y[i]);
  for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<T>(static_cast<double>(y[i]) / sum);
}

// An exp of `width` elements at once, of a row. The last elements go through a full vector as all others do, because a vector
// exp cannot be asked for fewer.
template <class Exponential> void by_lanes(typename Exponential::Element* y, std::size_t n) {
  constexpr std::size_t width = Exponential::width;
  for (std::size_t i = 0; i < n; i += width) {
    alignas(64) typename Exponential::Element lanes[width] = {};
    const std::size_t bytes = (n - i < width ? n - i : width) * sizeof *y;
    std::memcpy(lanes, y + i, bytes);
    Exponential::apply(lanes);
    std::memcpy(y + i, lanes, bytes);
  }
}

// The same for every row of a call. An Exponential has Element, width and apply(Element*), of which there may be one for
// binary32 and one for binary64.
template <class Exponential> void softmax_rows_with(const softmax_audit_call& call) {
  using Element = typename Exponential::Element;
  for (std::size_t row = 0; row < call.rows; ++row)
    softmax_with(row_of_x<Element>(call, row), row_of_y<Element>(call, row), call.cols, by_lanes<Exponential>);
}

template <class... Exponential> int offers_softmax_with(std::uint32_t operation, std::uint32_t x, std::uint32_t y) {
  const bool known = ((x == (sizeof(typename Exponential::Element) == 4 ? SOFTMAX_AUDIT_F32 : SOFTMAX_AUDIT_F64)) || ...);
  return operation == SOFTMAX_AUDIT_SOFTMAX && x == y && known
             ? SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_IN_PLACE | SOFTMAX_AUDIT_THREADS
             : SOFTMAX_AUDIT_NOT_OFFERED;
}

template <class... Exponential> int run_softmax_with(const softmax_audit_call* call) {
  return done_unless_thrown([call] {
    ((call->format_of_x == (sizeof(typename Exponential::Element) == 4 ? SOFTMAX_AUDIT_F32 : SOFTMAX_AUDIT_F64)
          ? softmax_rows_with<Exponential>(*call)
          : void()),
     ...);
  });
}

template <class... Exponential> const softmax_audit_plugin* softmax_plugin_with(const char* name, const char* version) {
  if (const char* missing = missing_instruction_set())
    return cannot_serve(std::string("this build needs ") + missing + ", which the processor has not");
  static const softmax_audit_plugin plugin{
      sizeof plugin, name, version, instruction_set(), offers_softmax_with<Exponential...>, run_softmax_with<Exponential...>};
  return &plugin;
}

} // namespace adapter
