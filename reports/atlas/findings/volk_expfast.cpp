// /// finding
// adapter = "volk"
// build = "c++ -std=c++20 -O2 {source} -o {output} -lvolk"
// title = "expfast gives numbers around -1e38 where exp would underflow, and 0 for NaN"
// implementation = "volk"
// property = "lies_in_unit_interval"
// operation = "softmax"
// format = "f32"
// meaning = """
// A softmax made with it has huge negative results as soon as one logit is about 88 below the largest: it may be used
// for arguments of which that is excluded."""
// issue = """
// volk_32f_expfast_32f (2.5.2; sse4.1, avx, avx_fma kernels): expfast(-89) = -2.7e38, expfast(-1000) = -0,
// expfast(NaN) = -0; the generic kernel gives 2.2e-39, 0 and NaN. The documentation states an error of 7 %, but no
// range of arguments. A max() before the conversion to integer, or a stated range, would help."""
// ///
#include <volk/volk.h>

#include <cmath>
#include <cstdio>

int main() {
  alignas(64) const float x[8] = {0, -1, -80, -88, -89, -100, -1000, NAN};
  alignas(64) float y[8];
  const volk_func_desc_t kernels = volk_32f_expfast_32f_get_func_desc();
  for (std::size_t k = 0; k < kernels.n_impls; ++k) {
    volk_32f_expfast_32f_manual(y, x, 8, kernels.impl_names[k]);
    std::printf("%-10s", kernels.impl_names[k]);
    for (int i = 0; i < 8; ++i) std::printf("  exp(%g) = %.4g", x[i], y[i]);
    std::puts("");
  }
  std::printf("due       ");
  for (const float given : x) std::printf("  exp(%g) = %.4g", given, std::exp(static_cast<double>(given)));
  std::puts("");
}
