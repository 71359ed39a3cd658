#include "impl/registry.hpp"

#include "impl/subject.hpp"
#include "scripts/catch.hpp"

#include <cfenv>
#include <cmath>
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
  std::set<const void*> addresses;
  std::size_t kernels = 0;
  const auto add = [&](auto kernel) {
    if (!kernel) return;
    ++kernels;
    addresses.insert(reinterpret_cast<const void*>(kernel));
  };
  for (const auto& entries : {all_implementations(), all_faults()})
    for (const Implementation* implementation : entries)
      for (const Variant& variant : implementation->variants)
        for (const Kernels& k : variant.kernels) {
          add(k.f16);
          add(k.bf16);
          add(k.f32);
          add(k.f64);
        }
  REQUIRE(addresses.size() == kernels);
  REQUIRE(kernels > 400);
}

TEST_CASE("registry / faults name one law, where they were seen, and do not share a name with anything") {
  REQUIRE(all_faults().size() >= 60);
  std::set<std::string_view> names;
  for (const auto& entries : {all_implementations(), all_faults()})
    for (const Implementation* implementation : entries) REQUIRE(names.insert(implementation->name).second);
  for (const Implementation* fault : all_faults()) {
    INFO(std::string(fault->name));
    REQUIRE(fault->breaks.size() == 1);
    REQUIRE_FALSE(fault->summary.empty());
    REQUIRE_FALSE(fault->source.empty());
    REQUIRE_FALSE(fault->variants.empty());
  }
}

TEST_CASE("registry / what damages the process that it runs in cannot be called in this one") {
  std::size_t apart = 0;
  for (const Implementation* fault : all_faults())
    for (const Subject& subject : subjects_of(*fault)) {
      INFO(std::string(fault->name));
      REQUIRE(static_cast<bool>(subject.run) == !fault->runs_apart);
      REQUIRE(static_cast<bool>(subject.run_placed) == !fault->runs_apart);
      apart += fault->runs_apart;
    }
  REQUIRE(apart >= 32);
  for (const Implementation* implementation : all_implementations()) REQUIRE_FALSE(implementation->runs_apart);
}

namespace {

void forgets_all_but_the_first(const Row<float>& row) { row.put(0, 1); }

// What stands between the blocks of rows that the layout describes must not be read: sums the row, NaN and all.
void sums(const Row<float>& row) {
  float sum = 0;
  for (std::size_t i = 0; i < row.n; ++i) sum += row.x(i);
  for (std::size_t i = 0; i < row.n; ++i) row.put(i, sum);
}

template <void (*kernel)(const Row<float>&)> Subject subject_of() {
  static constexpr Kernels kernels[] = {{.operation = Operation::softmax, .f32 = &each_row<float, kernel>}};
  static constexpr Variant variant{"scalar", &runs_everywhere, kernels};
  return subjects_of(Implementation{"test", "", "", {}, std::span(&variant, 1)})[0];
}

} // namespace

TEST_CASE("subject / an element that a kernel does not write is not a number") {
  const std::vector<double> x{1, 2};
  const std::vector<double> y =
      subject_of<&forgets_all_but_the_first>().run(Problem{Operation::softmax, Format::f32, 1, 2, x, 1});
  REQUIRE(y[0] == 1);
  REQUIRE(std::isnan(y[1]));
}

TEST_CASE("subject / every placement asks the same rows") {
  const Subject subject = subject_of<&sums>();
  std::vector<double> x;
  for (int i = 0; i < 24; ++i) x.push_back(i);
  const Problem six_rows{Operation::softmax, Format::f32, 6, 4, x, 1};
  const std::vector<double> want = subject.run(six_rows);
  REQUIRE(want[4] == 4 + 5 + 6 + 7);
  for (const std::size_t inner : {1, 2, 3, 6})
    for (const std::size_t gap : {0, 1, 5})
      for (const std::size_t misplaced : {0, 3})
        REQUIRE(subject.run_placed(six_rows, {.inner = inner, .gap = gap, .misplaced = misplaced}).y == want);
}

TEST_CASE("subject / the exceptions that a call raises are its own") {
  std::feraiseexcept(FE_DIVBYZERO);
  const std::vector<double> x{1, 2};
  REQUIRE(subject_of<&sums>().run_placed(Problem{Operation::softmax, Format::f32, 1, 2, x, 1}, {}).flags == 0);
  const std::vector<double> large{3e38, 3e38};
  REQUIRE(subject_of<&sums>().run_placed(Problem{Operation::softmax, Format::f32, 1, 2, large, 1}, {}).flags == FE_OVERFLOW);
  std::feclearexcept(FE_ALL_EXCEPT);
}
