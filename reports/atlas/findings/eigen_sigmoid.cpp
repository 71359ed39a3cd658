// /// finding
// adapter = "eigen"
// build = "c++ -std=c++20 -O2 -isystem /usr/include/eigen3 {source} -o {output}"
// title = "logistic() of float is up to 0.1 % off near -9, and never below 2.9e-39"
// implementation = "eigen sse2"
// property = "is_accurate"
// operation = "sigmoid"
// format = "f32"
// meaning = """
// Three digits of a probability near 1e-4 are right rather than seven: nothing for a decision, something for whoever
// compares implementations or calibrates probabilities."""
// issue = """
// Eigen 3.4.0: Array<float>::logistic() of vectors has a relative error of up to 1e-3 just above -9, where a rational
// approximation of 0.5 + ... gives way to exp(x): about 10000 units in the last place. The error is small next to 1,
// not next to the result. exp(x) / (1 + exp(x)) from -4 on already would keep all digits."""
// ///
#include <Eigen/Core>

#include <cmath>
#include <cstdio>

int main() {
  std::printf("Eigen %d.%d.%d\n", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
  for (const float x : {-2.f, -4.f, -6.f, -8.f, -9.f, -10.f, -20.f, -100.f}) {
    const Eigen::Array<float, 16, 1> y = Eigen::Array<float, 16, 1>::Constant(x).logistic();
    const double due = 1 / (1 + std::exp(-static_cast<double>(x)));
    std::printf("logistic(%g) = %.8g, due %.8g: relative error %.1e\n", static_cast<double>(x), static_cast<double>(y(0)), due,
                static_cast<double>(y(0)) / due - 1);
  }
  double worst = 0, at = 0;
  for (int i = 4096; i < 10 * 4096; ++i) {
    const float x = static_cast<float>(-i) / 4096;
    const double y = static_cast<double>(Eigen::Array<float, 16, 1>::Constant(x).logistic()(0));
    const double error = y * (1 + std::exp(-static_cast<double>(x))) - 1;
    if (std::abs(error) > std::abs(worst)) worst = error, at = static_cast<double>(x);
  }
  std::printf("the largest relative error of 36864 numbers from -1 to -10: %.1e, at %g\n", worst, at);
}
