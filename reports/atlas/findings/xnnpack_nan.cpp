// /// finding
// adapter = "xnnpack"
// build = "c++ -std=c++20 -O2 {source} -o {output} -lXNNPACK -lpthreadpool -lcpuinfo"
// title = "A NaN, or an infinite logit, makes every probability -inf, and none NaN"
// implementation = "xnnpack"
// property = "treats_special_values"
// operation = "softmax"
// format = "f32"
// meaning = """
// A NaN from an earlier layer comes out as -inf everywhere. A test for NaN does not find it; argmax still answers
// with the first class."""
// issue = """
// xnn_create_softmax_nc_f32 on x86-64 (sources of 2022-02-16, as Debian 12 has them): rows with a NaN, with inf, and
// rows of -inf alone give -inf in every place. Expected: NaN. It is a consequence of a NaN maximum, with which
// everything is multiplied afterwards. TensorFlow Lite 2.21, with a newer XNNPACK, gives NaN."""
// ///
#include <xnnpack.h>

#include <cmath>
#include <cstdio>
#include <vector>

int main() {
  if (xnn_initialize(nullptr) != xnn_status_success) return 1;
  for (std::vector<float> row :
       {std::vector<float>{0, 0}, {NAN, 0}, {0, 0, 0, 0, NAN}, {INFINITY, 0}, {-INFINITY, -INFINITY}}) {
    const std::size_t n = row.size();
    std::vector<float> result(n);
    row.resize(n + XNN_EXTRA_BYTES / sizeof(float)); // which the library may read
    xnn_operator_t softmax = nullptr;
    if (xnn_create_softmax_nc_f32(n, n, n, 0, &softmax) != xnn_status_success ||
        xnn_setup_softmax_nc_f32(softmax, 1, row.data(), result.data(), nullptr) != xnn_status_success ||
        xnn_run_operator(softmax, nullptr) != xnn_status_success)
      return 1;
    for (std::size_t i = 0; i < n; ++i) std::printf("%g ", row[i]);
    std::printf(":");
    for (const float y : result) std::printf(" %g", y);
    std::puts(row[0] == 0 && row[1] == 0 && n == 2 ? "   due: 0.5 0.5"
                                                   : "   due: NaN everywhere, as x - max(x) is NaN somewhere");
  }
}
