// /// script
// apt = ["libxtensor-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output}'
// [tool.softmax-audit]
// library = "xtensor"
// calls = "y = xt::exp(x - xt::amax(x)); y /= xt::sum(y)"
// [[tool.softmax-audit.variant]]
// name = "xtensor"
// ///
#include "plugin.hpp"

#include <xtensor/xadapt.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>

#include <array>

namespace {

template <class T> void rows_of(const softmax_audit_call& call) {
  for (std::size_t row = 0; row < call.rows; ++row) {
    const std::array<std::size_t, 1> shape{call.cols};
    const auto x = xt::adapt(adapter::row_of_x<T>(call, row), call.cols, xt::no_ownership(), shape);
    const T maximum = xt::amax(x)();
    if (call.operation == SOFTMAX_AUDIT_LOG_SUM_EXP) {
      *adapter::row_of_y<T>(call, row) = maximum + std::log(static_cast<T>(xt::sum<T>(xt::exp(x - maximum))()));
      continue;
    }
    auto y = xt::adapt(adapter::row_of_y<T>(call, row), call.cols, xt::no_ownership(), shape);
    xt::noalias(y) = xt::exp(x - maximum);
    const T sum = xt::sum<T>(y)(); // without <T> floats are added as doubles
    y /= sum;
  }
}

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  if (format_of_x != format_of_y || (format_of_x != SOFTMAX_AUDIT_F32 && format_of_x != SOFTMAX_AUDIT_F64))
    return SOFTMAX_AUDIT_NOT_OFFERED;
  constexpr int layouts = SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_THREADS;
  if (operation == SOFTMAX_AUDIT_SOFTMAX) return layouts | SOFTMAX_AUDIT_IN_PLACE;
  return operation == SOFTMAX_AUDIT_LOG_SUM_EXP ? layouts : SOFTMAX_AUDIT_NOT_OFFERED;
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown(
      [call] { call->format_of_x == SOFTMAX_AUDIT_F32 ? rows_of<float>(*call) : rows_of<double>(*call); });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static const std::string version = std::to_string(XTENSOR_VERSION_MAJOR) + "." + std::to_string(XTENSOR_VERSION_MINOR) + "." +
                                     std::to_string(XTENSOR_VERSION_PATCH);
  static const softmax_audit_plugin plugin{sizeof plugin, "xtensor", version.c_str(), adapter::instruction_set(), offers, run};
  return &plugin;
}
