// /// script
// apt = ["libarmadillo-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} {source} -o {output} -larmadillo'
// [tool.softmax-audit]
// library = "Armadillo"
// calls = "y = exp(x - x.max()); y /= accu(y)"
// [[tool.softmax-audit.variant]]
// name = "armadillo"
// ///
#include "plugin.hpp"

#include <armadillo>

namespace {

template <class T> void rows_of(const softmax_audit_call& call) {
  const auto cols = static_cast<arma::uword>(call.cols);
  for (std::size_t row = 0; row < call.rows; ++row) {
    // Both over our memory: no copy, and a size that cannot change.
    const arma::Col<T> x(const_cast<T*>(adapter::row_of_x<T>(call, row)), cols, false, true);
    arma::Col<T> y(adapter::row_of_y<T>(call, row), call.operation == SOFTMAX_AUDIT_LOG_SUM_EXP ? 1 : cols, false, true);
    if (call.operation == SOFTMAX_AUDIT_LOG_SUM_EXP) {
      const T maximum = x.max();
      y[0] = maximum + std::log(arma::accu(arma::exp(x - maximum)));
    } else {
      y = arma::exp(x - x.max());
      y /= arma::accu(y);
    }
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
  static const std::string version = std::to_string(arma::arma_version::major) + "." +
                                     std::to_string(arma::arma_version::minor) + "." +
                                     std::to_string(arma::arma_version::patch);
  static const softmax_audit_plugin plugin{sizeof plugin, "Armadillo", version.c_str(), adapter::instruction_set(),
                                           offers,        run};
  return &plugin;
}
