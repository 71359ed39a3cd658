// /// finding
// adapter = "plain_loop"
// build = "c++ -std=c++20 -Ofast {source} -o {output}"
// title = "With -Ofast the textbook sigmoid is NaN below -88"
// implementation = "plain loop gcc -Ofast"
// property = "lies_in_unit_interval"
// operation = "sigmoid"
// format = "f32"
// meaning = """
// 1 / (1 + exp(-x)) is 0 for very negative x, because 1 / infinity is; with -Ofast or -ffast-math GCC 12 and Clang 14
// give NaN, as the options allow: they promise the compiler that no infinity occurs."""
// issue = """
// Not a defect of a compiler: -ffast-math includes -ffinite-math-only and -freciprocal-math, and the loop's 1 / (1 +
// exp(-x)) becomes a reciprocal with a step of Newton's method, in which an infinity becomes NaN. For who builds with
// -Ofast: leave those two out, or write exp(-|x|)."""
// ///
#include <cmath>
#include <cstdio>
#include <cstring>

__attribute__((noinline)) void sigmoid(const float* x, float* y, int n) {
  for (int i = 0; i < n; ++i) y[i] = 1 / (1 + std::exp(-x[i]));
}

int main() {
  const float x[8] = {0, -10, -80, -88, -89, -100, -1000, -1e30f};
  const char* due[8] = {"0.5", "4.54e-05", "1.80e-35", "6.05e-39 (or 0)", "0", "0", "0", "0"};
  float y[8];
  sigmoid(x, y, 8);
  for (int i = 0; i < 8; ++i) {
    unsigned bits; // looked at as an integer: with these options even the test for NaN may be left out
    std::memcpy(&bits, y + i, sizeof bits);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
      std::printf("sigmoid(%g) = NaN, bits %08x; due %s\n", static_cast<double>(x[i]), bits, due[i]);
    else
      std::printf("sigmoid(%g) = %.3g; due %s\n", static_cast<double>(x[i]), static_cast<double>(y[i]), due[i]);
  }
}
