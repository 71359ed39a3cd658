// Audits a function of a test program, from the test program:
//
//     #include <softmax_audit.hpp>
//
//     int main() {
//       return softmax_audit::audit("mine", [](const float* x, float* y, std::size_t n) { my_softmax(x, y, n); });
//     }
//
// The function is not judged in the test program, which it might damage: `audit` starts `softmax-audit check`, and that starts the
// test program again and again as a worker, which runs to the same call of `audit` and answers there. What stands before the call
// therefore runs more than once; standard output is out of the way from the very beginning of such a run. Functions may capture.
//
// Accepted are functions of
//     (const T* x, T* y, std::size_t n)                          one row
//     (const T* x, T* y, std::size_t rows, std::size_t cols)     rows one after the other
// and both with another `T scale` at the end: softmax(scale * x). T is float or double; a generic lambda is judged in both.
// The two backward operations take `const T* dy` after x. log_sum_exp writes one y a row.
//
// C++17; Linux. CMake: find_package(softmax_audit), and link softmax_audit::embedding.
#pragma once

#include <softmax_audit_plugin.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace softmax_audit {

struct AuditOptions {
  std::string operation =
      "softmax";       // softmax, log_softmax, log_sum_exp, softmax_backward, softmax_backward_from_output, sigmoid
  std::string version; // of what is judged, for the report
  std::vector<std::string> arguments; // more for `softmax-audit check`: {"--effort", "gate", "--claim", "exp=2"}
  std::string
      program; // softmax-audit; otherwise what the environment variable SOFTMAX_AUDIT names, the installed one, or the PATH
};

namespace embedding {

// Where the CMake package lies, the program does.
#ifdef SOFTMAX_AUDIT_PROGRAM
inline constexpr const char* installed_program = SOFTMAX_AUDIT_PROGRAM;
#else
inline constexpr const char* installed_program = "";
#endif

struct Function {
  std::uint32_t format = SOFTMAX_AUDIT_F32;
  bool takes_scale = false;
  std::function<void(const softmax_audit_call&)> run;
};

// The exit code of `softmax-audit check` (0: every law holds). Does not return in a worker. Throws std::invalid_argument.
int audit(const std::string& name, const std::vector<Function>& functions, const AuditOptions& options,
          const std::string& installed);

template <class T, class F> constexpr bool is_row = std::is_invocable_v<F&, const T*, T*, std::size_t>;
template <class T, class F> constexpr bool is_scaled_row = std::is_invocable_v<F&, const T*, T*, std::size_t, T>;
template <class T, class F> constexpr bool is_batch = std::is_invocable_v<F&, const T*, T*, std::size_t, std::size_t>;
template <class T, class F> constexpr bool is_scaled_batch = std::is_invocable_v<F&, const T*, T*, std::size_t, std::size_t, T>;
template <class T, class F> constexpr bool is_backward_row = std::is_invocable_v<F&, const T*, const T*, T*, std::size_t>;
template <class T, class F>
constexpr bool is_backward_batch = std::is_invocable_v<F&, const T*, const T*, T*, std::size_t, std::size_t>;

template <class T, class F> void add(std::vector<Function>& functions, const F& f, std::uint32_t format) {
  // A whole number converts to a scale and back: where both would fit, (x, y, rows, cols) is meant.
  constexpr bool scaled = is_scaled_batch<T, F> || (is_scaled_row<T, F> && !is_batch<T, F>);
  constexpr bool fits = is_row<T, F> || is_scaled_row<T, F> || is_batch<T, F> || is_scaled_batch<T, F> ||
                        is_backward_row<T, F> || is_backward_batch<T, F>;
  if constexpr (fits)
    functions.push_back({format, scaled, [f](const softmax_audit_call& call) mutable {
                           const auto* x = static_cast<const T*>(call.x);
                           const auto* dy = static_cast<const T*>(call.dy);
                           auto* y = static_cast<T*>(call.y);
                           [[maybe_unused]] const T scale = static_cast<T>(call.scale);
                           if constexpr (is_scaled_batch<T, F>)
                             f(x, y, call.rows, call.cols, scale);
                           else if constexpr (is_batch<T, F>)
                             f(x, y, call.rows, call.cols);
                           else if constexpr (is_backward_batch<T, F>)
                             f(x, dy, y, call.rows, call.cols);
                           else
                             for (std::size_t r = 0; r < call.rows; ++r) {
                               const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(r);
                               if constexpr (is_scaled_row<T, F>)
                                 f(x + at * call.x_row, y + at * call.y_row, call.cols, scale);
                               else if constexpr (is_row<T, F>)
                                 f(x + at * call.x_row, y + at * call.y_row, call.cols);
                               else
                                 f(x + at * call.x_row, dy + at * call.x_row, y + at * call.y_row, call.cols);
                             }
                         }});
}

} // namespace embedding

// Judges f by every law. Gives the exit code of `softmax-audit check`: 0 if all hold.
template <class F> int audit(const std::string& name, F f, const AuditOptions& options = {}) {
  std::vector<embedding::Function> functions;
  embedding::add<float>(functions, f, SOFTMAX_AUDIT_F32);
  embedding::add<double>(functions, f, SOFTMAX_AUDIT_F64);
  static_assert(embedding::is_row<float, F> || embedding::is_row<double, F> || embedding::is_scaled_row<float, F> ||
                    embedding::is_scaled_row<double, F> || embedding::is_batch<float, F> || embedding::is_batch<double, F> ||
                    embedding::is_scaled_batch<float, F> || embedding::is_scaled_batch<double, F> ||
                    embedding::is_backward_row<float, F> || embedding::is_backward_row<double, F> ||
                    embedding::is_backward_batch<float, F> || embedding::is_backward_batch<double, F>,
                "softmax_audit::audit: the function takes none of the argument lists of softmax_audit.hpp");
  return embedding::audit(name, functions, options, embedding::installed_program);
}

} // namespace softmax_audit
