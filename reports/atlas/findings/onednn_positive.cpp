// /// finding
// adapter = "onednn"
// environment = { DNNL_MAX_CPU_ISA = "AVX2" }
// build = "c++ -std=c++20 -O2 {source} -o {output} -ldnnl"
// title = "A sure event has a positive logarithm"
// implementation = "onednn 2.6 avx2"
// property = "has_no_positive_logarithm"
// operation = "log_softmax"
// format = "f32"
// meaning = """
// The logarithm of the probability 1 is 1.43e-6: losses of sure predictions are negative by that much, and code that
// asks for -log p >= 0 stops."""
// issue = """
// softmax_v2 with softmax_log on x86-64 with AVX2 or AVX-512 (oneDNN 2.6.3): the row [0.5] gives 1.4305e-06, and [0,
// -100] gives 1.4305e-06 in the first place; 0 is expected in both, which SSE4.1 gives. The logarithm of the sum 1 is
// not 0 there. 3.2.0 is right: this is for who still uses a 2.x, as Debian 12 does."""
// ///
#include <oneapi/dnnl/dnnl.hpp>

#include <cstdio>
#include <vector>

using namespace dnnl;

int main() {
  engine cpu(engine::kind::cpu, 0);
  stream queue(cpu);
  std::printf("oneDNN %d.%d.%d\n", version()->major, version()->minor, version()->patch);
  for (std::vector<float> row : {std::vector<float>{0.5f}, {0, -100}}) {
    const memory::dim n = static_cast<memory::dim>(row.size());
    const memory::desc matrix({1, n}, memory::data_type::f32, memory::dims{n, 1});
    std::vector<float> result(row.size());
    softmax_v2_forward(
        softmax_v2_forward::primitive_desc({prop_kind::forward_inference, algorithm::softmax_log, matrix, matrix, 1}, cpu))
        .execute(queue, {{DNNL_ARG_SRC, {matrix, cpu, row.data()}}, {DNNL_ARG_DST, {matrix, cpu, result.data()}}});
    queue.wait();
    std::printf("log_softmax of %zu elements, the first %g: %g there; due: 0, as log(1 + exp(-100)) < 1e-43\n", row.size(),
                row[0], result[0]);
  }
}
