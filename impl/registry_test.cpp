#include "impl/registry.hpp"

#include "impl/subject.hpp"
#include "scripts/catch.hpp"

#include <set>

using namespace softmax_audit;

TEST_CASE("registry / every implementation has a name, a formula, a source and a variant that runs") {
  REQUIRE(all_implementations().size() >= 6);
  for (const Implementation* implementation : all_implementations()) {
    REQUIRE_FALSE(implementation->name.empty());
    REQUIRE_FALSE(implementation->summary.empty());
    REQUIRE_FALSE(implementation->source.empty());
    REQUIRE_FALSE(subjects_of(*implementation).empty());
  }
}

TEST_CASE("registry / no two entries share a kernel") {
  // Templates of one name in one namespace of two files are merged by the linker, silently: one entry then runs the other's code.
  std::set<SoftmaxKernel<float>> f32;
  std::set<SoftmaxKernel<double>> f64;
  std::size_t variants = 0;
  for (const Implementation* implementation : all_implementations())
    for (const Variant& variant : implementation->variants) {
      f32.insert(variant.kernels.f32);
      f64.insert(variant.kernels.f64);
      ++variants;
    }
  REQUIRE(f32.size() == variants);
  REQUIRE(f64.size() == variants);
}

TEST_CASE("subject / an element that a kernel does not write is not a number") {
  const Variant forgetful{
      "scalar", &runs_everywhere, {[](const float*, float* y, std::size_t, float) { y[0] = 1; }, nullptr}, {}};
  const Implementation implementation{"forgetful", "", "", {}, std::span(&forgetful, 1)};
  const std::vector<double> x{1, 2};
  const std::vector<double> y = subjects_of(implementation)[0].run(Problem{Operation::softmax, Format::f32, 1, 2, x, 1});
  REQUIRE(y[0] == 1);
  REQUIRE(std::isnan(y[1]));
}
