// Prints problems and what an oracle says of them, for another program to check:
//   oracle_rows ORACLE ROWS SEED
// First the traps, then ROWS random ones. One line a problem of one row: the problem as text_of() writes it (oracle_problems.hpp), then for each result
// "nearest ulp_exponent tail exact", values in hexfloat, exact 0 or 1. "undecided" in their place where the oracle gives up.
#include "oracles/registry.hpp"
#include "properties/inputs/values.hpp"
#include "scripts/tests/oracle_problems.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>

using namespace softmax_audit;

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: oracle_rows ORACLE ROWS SEED\n", stderr);
    return 2;
  }
  const std::string wanted = argv[1];
  const Oracle* oracle = nullptr;
  for (const Oracle* candidate : all_oracles())
    if (candidate->name == wanted) oracle = candidate;
  if (!oracle) {
    std::fputs("oracle_rows: there is no such oracle\n", stderr);
    return 2;
  }
  const unsigned long long rows = std::stoull(argv[2]), seed = std::stoull(argv[3]);
  for (unsigned long long k = 0; k < trap_problems().size() + rows; ++k) {
    const OracleProblem problem = oracle_problem(seed, k);
    std::string line = text_of(problem);
    try {
      for (const Truth& truth : truths(*oracle, problem.problem(), problem.resolution))
        line +=
            fmt::format(" {} {} {} {}", hexfloat(truth.nearest), truth.ulp_exponent, hexfloat(truth.tail), truth.exact ? 1 : 0);
    } catch (const Undecided&) {
      line += " undecided";
    }
    std::puts(line.c_str());
  }
  return 0;
}
