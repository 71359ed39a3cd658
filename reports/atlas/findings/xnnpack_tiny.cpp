// /// finding
// adapter = "xnnpack"
// build = "c++ -std=c++20 -O2 {source} -o {output} -lXNNPACK -lpthreadpool -lcpuinfo"
// title = "Probabilities next to the smallest normal number are powers of two: up to 40 % off"
// implementation = "xnnpack"
// property = "is_accurate"
// operation = "softmax"
// format = "f32"
// meaning = """
// Probabilities between 1.2e-38 and about 1e-37 are wrong by up to 40 %. They matter only to who takes their ratios
// or logarithms; everything above is accurate."""
// issue = """
// xnn_create_softmax_nc_f32 on x86-64 (sources of 2022-02-16; TensorFlow Lite 2.21 with its own XNNPACK does the
// same): for x - max = -86.98 the result is 2^-125 = 2.35e-38 where 1.68e-38 is due, 40 % off, and -86.5, -87 are 13
// and 29 % off, while -85 is accurate. It looks as if a part of the exponential's argument reduction underflowed: the
// results are exact powers of two."""
// ///
#include <xnnpack.h>

#include <cmath>
#include <cstdio>
#include <vector>

int main() {
  if (xnn_initialize(nullptr) != xnn_status_success) return 1;
  std::vector<float> row{0, -80, -85, -86, -86.5f, -86.98f, -87, -87.3f};
  const std::size_t n = row.size();
  std::vector<float> result(n);
  row.resize(n + XNN_EXTRA_BYTES / sizeof(float)); // which the library may read
  xnn_operator_t softmax = nullptr;
  if (xnn_create_softmax_nc_f32(n, n, n, 0, &softmax) != xnn_status_success ||
      xnn_setup_softmax_nc_f32(softmax, 1, row.data(), result.data(), nullptr) != xnn_status_success ||
      xnn_run_operator(softmax, nullptr) != xnn_status_success)
    return 1;
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::exp(static_cast<double>(row[i]));
  for (std::size_t i = 0; i < n; ++i) {
    const double due = std::exp(static_cast<double>(row[i])) / sum;
    std::printf("x - max = %.2f: %.6a = %.6g, due %.6g: %+.1f %%\n", static_cast<double>(row[i]), result[i], result[i], due,
                100 * (result[i] / due - 1));
  }
}
