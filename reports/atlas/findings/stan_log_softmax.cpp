// /// finding
// adapter = "stan"
// build = "c++ -std=gnu++17 -O1 -w -isystem /usr/lib/R/site-library/StanHeaders/include -isystem /usr/lib/R/site-library/RcppEigen/include -isystem /usr/lib/R/site-library/RcppParallel/include {source} -o {output}"
// title = "log_softmax loses digits when all logits are far from 0: x minus a rounded log-sum-exp"
// implementation = "stan sse2"
// property = "ignores_shift"
// operation = "log_softmax"
// format = "f64"
// meaning = """
// Adding the same number to all logits changes no probability, but takes digits from the logarithm: at 1e8 eight
// remain, at 1e15 one. For usual logits it does not matter."""
// issue = """
// stan::math::log_softmax (Stan Math 3.0.0 of StanHeaders 2.21) returns x - log_sum_exp(x), whose rounding is
// relative to x: for [1e15, 1e15 - 1] the first is -0.375 where -0.31326 is due. (x - max) - log(sum(exp(x - max)))
// does not have that error."""
// ///
#include <stan/math/prim/mat.hpp>

#include <cmath>
#include <cstdio>

int main() {
  for (const double shift : {0., 1e4, 1e8, 1e12, 1e15}) { // binary64 holds these numbers, and one less, exactly
    Eigen::VectorXd x(2);
    x << shift, shift - 1;
    std::printf("log_softmax of %g, %g - 1: %.15g in the first place, due %.15g\n", shift, shift, stan::math::log_softmax(x)(0),
                -std::log1p(std::exp(-1.)));
  }
}
