// /// finding
// adapter = "eigen"
// build = "c++ -std=c++20 -O2 -isystem /usr/include/eigen3 {source} -o {output}"
// title = "Whether a masked element keeps weight depends on the address of the row"
// implementation = "eigen sse2"
// property = "ignores_alignment"
// operation = "softmax"
// format = "f32"
// meaning = """
// The same row gives other bits when it lies elsewhere in memory or in a batch: a masked element has the probability
// 0 at one address and 1e-39 at another. Sums do not notice; tests for zero, ratios, logarithms and bitwise
// comparisons do."""
// issue = """
// Eigen 3.4.0, x86-64: a.exp() of vectors limits its argument to about -88.4 (float) and -708.4 (double), so that
// exp(-inf) is 2.9e-39 (5.6e-309) in the elements that are processed as a packet, and 0 in those before and behind
// them, where std::exp is called. Which are which depends on the address. Expected: exp(-inf) = 0 in both."""
// ///
#include <Eigen/Core>

#include <cmath>
#include <cstdio>

template <class T> void show(const char* name, int masked) {
  alignas(64) T x[16], y[16];
  for (const int offset : {0, 1, 2, 3}) {
    for (int i = 0; i < 5; ++i) x[offset + i] = i == masked ? T(-INFINITY) : T(0);
    const Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>> a(x + offset, 5);
    Eigen::Map<Eigen::Array<T, Eigen::Dynamic, 1>> b(y + offset, 5);
    b = (a - a.maxCoeff()).exp();
    b /= b.sum();
    std::printf("%s, %d elements behind a multiple of 64 bytes: softmax of zeros and a -inf =", name, offset);
    for (int i = 0; i < 5; ++i) std::printf(" %g", static_cast<double>(b(i)));
    std::puts("   due: 0 where -inf is, 0.25 elsewhere");
  }
}

int main() {
  std::printf("Eigen %d.%d.%d\n", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
  show<float>("float", 3);
  show<double>("double", 4);
}
