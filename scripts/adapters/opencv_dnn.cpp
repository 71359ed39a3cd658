// /// script
// apt = ["libopencv-dnn-dev"]
// build = 'c++ -std=c++20 -O2 -shared -fPIC -I{include} -isystem /usr/include/opencv4 {source} -o {output} -lopencv_dnn -lopencv_core'
// [tool.softmax-audit]
// library = "OpenCV dnn"
// calls = "cv::dnn::Net of one layer: Softmax (log_softmax), Sigmoid"
// [[tool.softmax-audit.variant]]
// name = "opencv dnn"
// ///
#include "plugin.hpp"

#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>

namespace {

cv::dnn::Net network(std::uint32_t operation) {
  cv::dnn::Net net;
  cv::dnn::LayerParams parameters;
  if (operation != SOFTMAX_AUDIT_SIGMOID) {
    parameters.set("axis", 1);
    parameters.set("log_softmax", operation == SOFTMAX_AUDIT_LOG_SOFTMAX);
  }
  net.addLayerToPrev("layer", operation == SOFTMAX_AUDIT_SIGMOID ? "Sigmoid" : "Softmax", parameters);
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  return net;
}

int offers(std::uint32_t operation, std::uint32_t format_of_x, std::uint32_t format_of_y) {
  return format_of_x == SOFTMAX_AUDIT_F32 && format_of_y == SOFTMAX_AUDIT_F32 &&
                 (operation == SOFTMAX_AUDIT_SOFTMAX || operation == SOFTMAX_AUDIT_LOG_SOFTMAX ||
                  operation == SOFTMAX_AUDIT_SIGMOID)
             ? 0
             : SOFTMAX_AUDIT_NOT_OFFERED;
}

int run(const softmax_audit_call* call) {
  return adapter::done_unless_thrown([call] {
    static adapter::Prepared<std::uint32_t, cv::dnn::Net> all;
    cv::dnn::Net& net = all.get(call->operation, [call] { return network(call->operation); });
    const auto rows = static_cast<int>(call->rows), cols = static_cast<int>(call->cols);
    // The network copies its input, and gives a matrix of its own.
    net.setInput(cv::Mat(rows, cols, CV_32F, const_cast<void*>(call->x)));
    const cv::Mat result = net.forward();
    if (result.total() != call->rows * call->cols)
      CV_Error(cv::Error::StsUnmatchedSizes, "results of another size than the logits");
    std::memcpy(call->y, result.ptr<float>(), result.total() * sizeof(float));
  });
}

} // namespace

const softmax_audit_plugin* softmax_audit_plugin_entry() {
  static const std::string version = cv::getVersionString();
  static const softmax_audit_plugin plugin{sizeof plugin, "OpenCV dnn", version.c_str(), adapter::instruction_set(),
                                           offers,        run};
  cv::setNumThreads(1);
  return &plugin;
}
