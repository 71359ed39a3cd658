// Judges a mutant by every law, until one breaks:
//   kill_mutant MUTANT ORIGINAL NAME [SEED]
// MUTANT and ORIGINAL are shared libraries of one file of impl/, as changed and as it is; NAME is the constant that both define.
// First all that it offers at smoke; what survives is held against the original, and of each operation the format that differs most is
// judged at gate. Prints one line of JSON. Exit codes: 0 judged, 2 usage. Crashes and hangs are for the caller to see. Laws of
// isolation are not asked: they take a process for each question, and what they see is not what is mutated here.
#include "oracles/registry.hpp"
#include "properties/campaigns/check.hpp"
#include "properties/inputs/cases.hpp"
#include "properties/inputs/structures.hpp"

#include <fmt/format.h>

#include <dlfcn.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>

using namespace softmax_audit;

namespace {

int misused(const std::string& sentence) {
  fmt::print(stderr, "kill_mutant: {}\n", sentence);
  return 2;
}

// How gcc and clang name softmax_audit::implementations::NAME.
std::string symbol_of(std::string_view name) {
  return fmt::format("_ZN13softmax_audit15implementations{}{}E", name.size(), name);
}

std::vector<const Property*> laws_by_cost() {
  std::vector<const Property*> laws;
  for (const Property* property : all_properties())
    if (!property->isolation) laws.push_back(property);
  std::stable_sort(laws.begin(), laws.end(), [](const Property* a, const Property* b) { return a->cost < b->cost; });
  return laws;
}

const Implementation* implementation_in(const char* path, std::string_view name) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  return library ? static_cast<const Implementation*>(dlsym(library, symbol_of(name).c_str())) : nullptr;
}

struct Asked {
  Subject subject;
  Offer offer;
};
std::vector<Asked> everything_of(const std::vector<Subject>& subjects) {
  std::vector<Asked> all;
  for (const Subject& subject : subjects)
    for (const Offer& offer : subject.offers) all.push_back({subject, offer});
  return all;
}

struct Judged {
  std::optional<Verdict> kill;
  std::uint64_t cases = 0;
};
Judged judged(const std::vector<Asked>& asked, const CheckOptions& options) {
  Judged all;
  for (const Property* property : laws_by_cost())
    for (const auto& [subject, offer] : asked) {
      if (!applies(*property, subject, offer.operation, offer.format)) continue;
      Verdict verdict = check(*property, subject, offer.operation, offer.format, options, default_oracle());
      all.cases += verdict.cases;
      if (verdict.outcome != Outcome::broken) continue;
      all.kill = std::move(verdict);
      return all;
    }
  return all;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y) || (std::isnan(x) && std::isnan(y));
  });
}

// Rows on which the two differ, of all that gate would generate and of its long rows up to 4097.
struct Differences {
  std::uint64_t rows = 0, differ = 0;
  std::vector<Asked> where; // of each operation the variant and format that differs most
};
Differences differences_of(const std::vector<Asked>& mutants, const std::vector<Asked>& originals, std::uint64_t seed) {
  Differences all;
  std::map<Operation, std::pair<std::uint64_t, const Asked*>> most;
  std::vector<Structure> rows = *structures(seed, generated_cases(Effort::gate));
  for (const std::size_t length : {1000, 4097}) rows.push_back({length, Regime::moderate, false, true, false, seed});
  for (std::size_t k = 0; k < mutants.size(); ++k) {
    const Offer& offer = mutants[k].offer;
    std::uint64_t differ = 0;
    for (const Structure& structure : rows) {
      Random random(~structure.seed);
      const Case c = completed_case(offer.operation, offer.format, row_of(structure, offer.format), structure.scaled, random);
      differ += !same_bits(mutants[k].subject.run(question_of(c)), originals[k].subject.run(question_of(c)));
    }
    all.rows += rows.size();
    all.differ += differ;
    if (auto& [greatest, where] = most[offer.operation]; differ > greatest) {
      greatest = differ;
      where = &mutants[k];
    }
  }
  for (const auto& [operation, found] : most)
    if (found.second) all.where.push_back(*found.second);
  return all;
}

} // namespace

int main(int count, char** arguments) {
  if (count < 4 || count > 5) return misused("expected MUTANT ORIGINAL NAME [SEED]");
  CheckOptions options;
  options.shrinks = false;
  if (count > 4) {
    const char* end = arguments[4] + std::strlen(arguments[4]);
    if (std::from_chars(arguments[4], end, options.seed).ptr != end) return misused(fmt::format("{} is no seed", arguments[4]));
  }
  const Implementation* mutant = implementation_in(arguments[1], arguments[3]);
  const Implementation* original = mutant ? implementation_in(arguments[2], arguments[3]) : nullptr;
  if (!original) return misused(dlerror());
  const std::vector<Asked> asked = everything_of(subjects_of(*mutant));
  if (asked.empty()) return misused(fmt::format("no variant of {} runs here", arguments[3]));

  const Judged of_smoke = judged(asked, options);
  if (!of_smoke.kill && of_smoke.cases == 0) return misused("no law was exercised");
  const auto tell_kill = [](const Verdict& kill, std::string_view effort) {
    fmt::print("{{\"killed_by\": \"{}\", \"operation\": \"{}\", \"format\": \"{}\", \"effort\": \"{}\"}}\n",
               kill.property->name, name(kill.operation), name(kill.format), effort);
  };
  if (of_smoke.kill) {
    tell_kill(*of_smoke.kill, "smoke");
    return 0;
  }
  const Differences differences = differences_of(asked, everything_of(subjects_of(*original)), options.seed);
  options.effort = Effort::gate;
  if (const Judged of_gate = judged(differences.where, options); of_gate.kill) {
    tell_kill(*of_gate.kill, "gate");
    return 0;
  }
  fmt::print("{{\"rows\": {}, \"differ\": {}}}\n", differences.rows, differences.differ);
  return 0;
}
