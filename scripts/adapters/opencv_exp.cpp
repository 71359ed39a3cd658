// /// script
// apt = ["libopencv-core-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} -isystem /usr/include/opencv4 {source} -o {output} -lopencv_core'
// [tool.softmax-audit]
// library = "OpenCV core"
// calls = "cv::minMaxLoc, cv::subtract, cv::exp, cv::sum, cv::divide"
// [[tool.softmax-audit.variant]]
// name = "opencv exp"
// [[tool.softmax-audit.variant]]
// name = "opencv exp baseline"
// instruction_set = "sse3"
// environment = { OPENCV_CPU_DISABLE = "SSSE3,SSE4.1,SSE4.2,POPCNT,AVX,FP16,FMA3,AVX2,AVX512-SKX" }
// ///
#include "plugin.hpp"

#include <opencv2/core.hpp>

namespace {

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  return operation == SOFTMAX_AUDIT_SOFTMAX && format_of_x == format_of_y &&
                 (format_of_x == SOFTMAX_AUDIT_F32 || format_of_x == SOFTMAX_AUDIT_F64)
             ? SOFTMAX_AUDIT_ROW_STRIDE | SOFTMAX_AUDIT_IN_PLACE
             : SOFTMAX_AUDIT_NOT_OFFERED;
}

template <class T> void rows_of(const softmax_audit_call& call) {
  constexpr int type = cv::traits::Type<T>::value;
  const auto cols = static_cast<int>(call.cols);
  for (std::size_t row = 0; row < call.rows; ++row) {
    const cv::Mat x(1, cols, type, const_cast<T*>(adapter::row_of_x<T>(call, row)));
    cv::Mat y(1, cols, type, adapter::row_of_y<T>(call, row));
    double maximum = 0;
    cv::minMaxLoc(x, nullptr, &maximum);
    cv::subtract(x, cv::Scalar::all(maximum), y);
    cv::exp(y, y);
    cv::divide(y, cv::Scalar::all(cv::sum(y)[0]), y); // sums are of doubles
  }
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown(
      [call] { call->format_of_x == SOFTMAX_AUDIT_F32 ? rows_of<float>(*call) : rows_of<double>(*call); });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static const std::string version = cv::getVersionString();
  static const softmax_audit_plugin plugin{
      sizeof plugin, "exp of OpenCV", version.c_str(), adapter::instruction_set(), offers, run};
  cv::setNumThreads(1);
  return &plugin;
}
