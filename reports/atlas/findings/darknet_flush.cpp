// /// finding
// adapter = "darknet"
// build = "c++ -std=c++20 -O2 {source} -o {output} -ldl"
// title = "Loading the library makes the program flush small numbers to 0, everywhere"
// implementation = "darknet"
// property = "keeps_floating_point_environment"
// operation = "softmax"
// format = "f32"
// meaning = """
// A program that merely links with libdarknet.so loses subnormal numbers everywhere, in other libraries, too:
// differences of distinct numbers can be 0, and results change that have nothing to do with darknet."""
// issue = """
// Debian 12's libdarknet.so (0.0.0+git20180914.61c9d02e-2+b4) sets flush-to-zero and denormals-are-zero in MXCSR when
// it is loaded: 1e-38f / 4, which is 2.5e-39, becomes 0 in the program that loads it. It is linked with -ffast-math
// or -Ofast, with which GCC before 13 adds start code to shared libraries (GCC bug 55522, LLVM issue 57589). Linking
// without the option, while still compiling with it, avoids that."""
// ///
#include <dlfcn.h>
#include <xmmintrin.h>

#include <cstdio>

int main() {
  const volatile float small = 1e-38f;
  std::printf("before: MXCSR %04x, 1e-38f / 4 = %g\n", _mm_getcsr() & 0xffc0u, small / 4);
  if (dlopen("/usr/lib/darknet/libdarknet.so", RTLD_NOW) == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  std::printf("after:  MXCSR %04x, 1e-38f / 4 = %g; due 2.5e-39\n", _mm_getcsr() & 0xffc0u, small / 4);
}
