// /// finding
// adapter = "onednn"
// build = "c++ -std=c++20 -O2 {source} -o {output} -ldnnl"
// title = "A NaN stays in its place: the rest of the row gets probability 0"
// implementation = "onednn"
// property = "treats_special_values"
// operation = "softmax"
// format = "f32"
// meaning = """
// One NaN among the logits makes the other probabilities 0 rather than NaN, in everything that is built on oneDNN:
// attention over the other positions goes on with wrong numbers."""
// issue = """
// softmax_v2 forward inference on x86-64 (oneDNN 2.6.3; 3.2.0 gives the same; SSE4.1, AVX2 and AVX-512): [NaN, 0]
// gives [NaN, 0], softmax_log gives [NaN, -inf]. Expected: NaN throughout, as the sum is NaN. The maximum is found
// and the exponential's argument limited by max and min instructions that return the other operand when one is NaN.
// If that is intended, a line about special values in the documentation of the primitive would help."""
// ///
#include <oneapi/dnnl/dnnl.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace dnnl;

int main() {
  engine cpu(engine::kind::cpu, 0);
  stream queue(cpu);
  std::printf("oneDNN %d.%d.%d\n", version()->major, version()->minor, version()->patch);
  for (const algorithm kind : {algorithm::softmax_accurate, algorithm::softmax_log})
    for (std::vector<float> row : {std::vector<float>{NAN, 0}, {0, NAN}, {NAN, 0, 0, 0, 0, 0, 0, 0}}) {
      const memory::dim n = static_cast<memory::dim>(row.size());
      const memory::desc matrix({1, n}, memory::data_type::f32, memory::dims{n, 1});
      std::vector<float> result(row.size());
      softmax_v2_forward(softmax_v2_forward::primitive_desc({prop_kind::forward_inference, kind, matrix, matrix, 1}, cpu))
          .execute(queue, {{DNNL_ARG_SRC, {matrix, cpu, row.data()}}, {DNNL_ARG_DST, {matrix, cpu, result.data()}}});
      queue.wait();
      std::printf(kind == algorithm::softmax_log ? "log_softmax" : "softmax    ");
      for (const float x : row) std::printf(" %g", x);
      std::printf(":");
      for (const float y : result) std::printf(" %g", std::isnan(y) ? NAN : y);
      std::puts("   due: NaN everywhere, as the sum is NaN");
    }
}
