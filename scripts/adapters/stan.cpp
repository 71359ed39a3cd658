// /// script
// apt = ["r-cran-stanheaders"]
// build = 'c++ -std=gnu++17 -O2 -shared -fPIC -I{include} -isystem /usr/lib/R/site-library/StanHeaders/include -isystem /usr/lib/R/site-library/RcppEigen/include -isystem /usr/lib/R/site-library/RcppParallel/include {source} -o {output}'
// [tool.softmax-audit]
// library = "Stan"
// calls = "stan::math::softmax, log_softmax, log_sum_exp, inv_logit"
// [[tool.softmax-audit.variant]]
// name = "stan sse2"
// instruction_set = "sse2"
// [[tool.softmax-audit.variant]]
// name = "stan avx2"
// instruction_set = "avx2"
// build = 'c++ -std=gnu++17 -O2 -mavx2 -mfma -shared -fPIC -I{include} -isystem /usr/lib/R/site-library/StanHeaders/include -isystem /usr/lib/R/site-library/RcppEigen/include -isystem /usr/lib/R/site-library/RcppParallel/include {source} -o {output}'
// ///
#include "plugin.hpp"

#include <stan/math/prim/mat.hpp>
#include <stan/math/version.hpp>

namespace {

using Vector = Eigen::VectorXd;

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  if (format_of_x != SOFTMAX_AUDIT_F64 || format_of_y != SOFTMAX_AUDIT_F64) return SOFTMAX_AUDIT_NOT_OFFERED;
  switch (operation) {
    case SOFTMAX_AUDIT_SOFTMAX:
    case SOFTMAX_AUDIT_LOG_SOFTMAX:
    case SOFTMAX_AUDIT_LOG_SUM_EXP: return 0;
    case SOFTMAX_AUDIT_SIGMOID: return SOFTMAX_AUDIT_IN_PLACE;
    default: return SOFTMAX_AUDIT_NOT_OFFERED;
  }
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] {
    const auto cols = static_cast<Eigen::Index>(call->cols);
    for (std::size_t row = 0; row < call->rows; ++row) {
      const double* x = adapter::row_of_x<double>(*call, row);
      double* y = adapter::row_of_y<double>(*call, row);
      if (call->operation == SOFTMAX_AUDIT_SIGMOID) {
        for (Eigen::Index i = 0; i < cols; ++i) y[i] = stan::math::inv_logit(x[i]);
        continue;
      }
      // The functions take and give vectors that own their memory.
      const Vector logits = Eigen::Map<const Vector>(x, cols);
      if (call->operation == SOFTMAX_AUDIT_LOG_SUM_EXP)
        *y = stan::math::log_sum_exp(logits);
      else
        Eigen::Map<Vector>(y, cols) =
            call->operation == SOFTMAX_AUDIT_SOFTMAX ? stan::math::softmax(logits) : stan::math::log_softmax(logits);
    }
  });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  if (const char* missing = adapter::missing_instruction_set())
    return adapter::cannot_serve(std::string("this build of Stan needs ") + missing);
  static const std::string version =
      stan::math::MAJOR_VERSION + "." + stan::math::MINOR_VERSION + "." + stan::math::PATCH_VERSION;
  static const softmax_audit_plugin plugin{sizeof plugin, "Stan Math", version.c_str(), adapter::instruction_set(),
                                           offers,        run};
  return &plugin;
}
