// /// finding
// adapter = "opencv_dnn"
// build = "c++ -std=c++20 -O2 -isystem /usr/include/opencv4 {source} -o {output} -lopencv_dnn -lopencv_core"
// title = "Softmax of sixteen and more classes swallows a NaN"
// implementation = "opencv dnn"
// property = "treats_special_values"
// operation = "softmax"
// format = "f32"
// meaning = """
// A NaN among the logits leaves ordinary probabilities, as if that class had been ruled out: a broken network looks
// like a working one."""
// issue = """
// OpenCV 4.6.0 (Debian 12), dnn, layer Softmax on the CPU: sixteen classes with one NaN and fifteen zeros give 1/15
// fifteen times; shorter rows give NaN throughout, which is expected, as the sum is NaN. cv::exp, which is documented
// not to handle NaN, limits its argument with instructions that return the other operand when one is NaN."""
// ///
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>

#include <cmath>
#include <cstdio>

int main() {
  cv::setNumThreads(1);
  std::printf("OpenCV %s\n", CV_VERSION);
  for (const int n : {2, 15, 16, 32}) {
    cv::dnn::Net net;
    cv::dnn::LayerParams parameters;
    parameters.set("axis", 1);
    net.addLayerToPrev("layer", "Softmax", parameters);
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    cv::Mat row = cv::Mat::zeros(1, n, CV_32F);
    row.at<float>(0, 1) = NAN;
    net.setInput(row);
    const cv::Mat result = net.forward();
    std::printf("%d classes, the second NaN: %g %g ... %g; due: NaN everywhere\n", n,
                static_cast<double>(result.at<float>(0, 0)), static_cast<double>(result.at<float>(0, 1)),
                static_cast<double>(result.at<float>(0, n - 1)));
  }
}
