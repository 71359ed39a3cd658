// /// finding
// adapter = "volk"
// build = "c++ -std=c++20 -O2 {source} -o {output} -lvolk"
// title = "exp of NaN is 2.4e38 with SSE2"
// implementation = "volk exp sse2"
// property = "treats_special_values"
// operation = "softmax"
// format = "f32"
// meaning = """
// A NaN in a signal becomes a large finite number, which nobody suspects, with one kernel and stays NaN with another."""
// issue = """
// volk_32f_exp_32f (2.5.2), kernels a_sse2 and u_sse2: exp(NaN) = 2.4e38; the generic kernels give NaN, which is
// expected. The argument is limited with min and max instructions that return their second operand when the first is
// NaN; swapping the operands would keep the NaN."""
// ///
#include <volk/volk.h>

#include <cmath>
#include <cstdio>

int main() {
  alignas(64) const float x[8] = {NAN, -1, NAN, 0, 0, 0, 0, 0};
  alignas(64) float y[8];
  const volk_func_desc_t kernels = volk_32f_exp_32f_get_func_desc();
  for (std::size_t k = 0; k < kernels.n_impls; ++k) {
    volk_32f_exp_32f_manual(y, x, 8, kernels.impl_names[k]);
    std::printf("%-10s exp(NaN) = %g, due NaN; exp(-1) = %g, due %g\n", kernels.impl_names[k], y[0], y[1], std::exp(-1.0));
  }
}
