// Prints rows and what an oracle says of them, for another program to check:
//   oracle_rows ORACLE ROWS SEED
// One line a row: format, scale, then for each element x nearest ulp_exponent tail exact, values in hexfloat.
#include "oracles/registry.hpp"
#include "properties/inputs/rows.hpp"
#include "properties/inputs/values.hpp"
#include "properties/laws/row_facts.hpp"

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
  const unsigned long rows = std::stoul(argv[2]);
  Random random(std::stoull(argv[3]));
  for (unsigned long printed = 0; printed < rows;) {
    const Format format = formats[printed % formats.size()];
    Structure structure;
    structure.length = 1 + random.below(12);
    structure.regime = static_cast<Regime>(random.below(regime_names.size()));
    structure.ties = random.one_in(3);
    structure.masks = random.one_in(4);
    structure.seed = random.bits();
    const std::vector<double> x = row_of(structure, format);
    // Any exponent of the scale: the exact product may be far outside the format.
    double scale = 1;
    if (random.one_in(3))
      scale = round_to(format,
                       std::ldexp(1 + random.unit(), static_cast<int>(random.between(traits(format).smallest_exponent,
                                                                                     traits(format).largest_exponent - 1))));
    if (!has_truth(x, scale)) continue;
    const std::vector<Truth> truths =
        oracle->truths(Problem{Operation::softmax, format, 1, x.size(), x, scale}, default_resolution);
    std::string line = fmt::format("{} {}", name(format), hexfloat(scale));
    for (std::size_t i = 0; i < x.size(); ++i)
      line += fmt::format(" {} {} {} {} {}", hexfloat(x[i]), hexfloat(truths[i].nearest), truths[i].ulp_exponent,
                          hexfloat(truths[i].tail), truths[i].exact ? 1 : 0);
    std::puts(line.c_str());
    ++printed;
  }
  return 0;
}
