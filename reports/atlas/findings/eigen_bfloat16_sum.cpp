// /// finding
// adapter = "eigen"
// build = "c++ -std=c++20 -O2 -isystem /usr/include/eigen3 {source} -o {output}"
// title = "Sums of bfloat16 stop at 256, of half at 2048: long rows of probabilities sum to 16"
// implementation = "eigen bfloat16 sse2"
// property = "sums_to_one"
// operation = "softmax"
// format = "bf16"
// meaning = """
// A softmax over 4096 equal logits that is written with these types gives 1/256 for each: probabilities that sum to
// 16. It is what arithmetic in 16 bits does, one number after the other; sums in float are the remedy."""
// issue = """
// Eigen 3.4.0, SSE2: Array<bfloat16>::sum() of 4096 ones is 256 and of half ones 2048, since 256 + 1 rounds to 256.
// With AVX2 the packets' lanes hide it. A sum in float, rounded once, or a word in the documentation would help."""
// ///
#include <Eigen/Core>

#include <cstdio>

template <class T> void show(const char* name) {
  using Array = Eigen::Array<T, Eigen::Dynamic, 1>;
  const Array x = Array::Constant(4096, T(0));
  Array y = (x - x.maxCoeff()).exp();
  const float total = static_cast<float>(y.sum());
  y /= y.sum();
  std::printf("%s: sum of 4096 times exp(0) = %g, due 4096; softmax of 4096 zeros: %g each, due %g, %g together, due 1\n", name,
              static_cast<double>(total), static_cast<double>(static_cast<float>(y(0))), 1 / 4096.,
              4096 * static_cast<double>(static_cast<float>(y(0))));
}

int main() {
  std::printf("Eigen %d.%d.%d\n", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
  show<Eigen::bfloat16>("bfloat16");
  show<Eigen::half>("half");
}
