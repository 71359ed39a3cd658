// The gate as a user meets it: what passes, what fails and with which exit code.
#include "scripts/run_program.hpp"
#include "reports/json.hpp"
#include "scripts/catch.hpp"

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

// One subject, few rows: seconds matter here, not the search.
const std::string quick =
    "lengths = [2, 50]\nproperties = [\"is_accurate\", \"follows_permutation\", \"treats_special_values\", "
    "\"writes_only_its_results\", \"is_uniform_on_constants\", \"sums_to_one\"]\n";
const std::string shifted = quick + "[[subject]]\nbuiltin = \"shifted\"\noperation = \"softmax\"\nformat = \"f32\"\n";
const std::string call = "void(const f32* x, f32* y, size n)";

std::string library(const std::string& symbol, const std::string& more = "") {
  return quick + "[[subject]]\nname = \"mine\"\nlibrary = \"" SOFTMAX_AUDIT_TEST_LIBRARY "\"\nsymbol = \"" + symbol +
         "\"\ncall = \"" + call + "\"\n" + more;
}

std::string limit(const std::string& metric, const std::string& value, const std::string& more = "") {
  return "[[limit]]\nmetric = \"" + metric + "\"\nlimit = " + value + "\nreason = \"a test\"\n" + more;
}

struct Gated : Run {
  Gate gate;
  const GateEntry& entry(const std::string& metric) const {
    for (const GateEntry& e : gate.entries)
      if (e.metric == metric) return e;
    FAIL("no entry of " << metric << " in: " << out);
    throw 0;
  }
};

Gated gate(const Folder& folder, const std::string& policy, const std::string& arguments = "") {
  std::ofstream(folder.file("gate.toml")) << policy;
  std::filesystem::remove(folder.file("r.json"));
  Gated gated{
      run("gate " + folder.file("gate.toml") + " --effort smoke --cases 200 --json " + folder.file("r.json") + " " + arguments),
      {}};
  INFO(gated.out);
  if (gated.code != 2) gated.gate = report_from_json(content(folder.file("r.json")), "r.json").gate.value();
  return gated;
}

} // namespace

TEST_CASE("gate / without limits the proved bounds hold") {
  const Folder folder;
  const Gated sound = gate(folder, shifted);
  CHECK(sound.code == 0);
  CHECK_THAT(sound.gate.sentence, ContainsSubstring("The gate passes"));
  const Gated wrong = gate(folder, library("forgets_the_last"));
  CHECK(wrong.code == 1);
  CHECK(wrong.entry("is_accurate").outcome == "broken");
  CHECK(wrong.entry("is_accurate").line == 3);
  CHECK_THAT(wrong.entry("is_accurate").rerun, ContainsSubstring("--symbol 'forgets_the_last'"));
}

TEST_CASE("gate / limits become bounds and are judged") {
  const Folder folder;
  CHECK(gate(folder, shifted + limit("max_ulp", "1e6")).code == 0);
  const Gated strict = gate(folder, shifted + limit("max_ulp", "0.5", "length = \"10..\"\n"));
  CHECK(strict.code == 1);
  CHECK(strict.entry("max_ulp").outcome == "broken");
  CHECK(strict.entry("max_ulp").line == 9);
  CHECK(strict.entry("max_ulp").length == 50);
  CHECK(strict.entry("max_ulp").measured_low > 0.5);
  CHECK_THAT(strict.entry("max_ulp").sentence, ContainsSubstring("change the limit at " + folder.file("gate.toml") + ":9"));
  CHECK(gate(folder, shifted + limit("is_accurate", "0.5")).entry("is_accurate").outcome == "broken");
  CHECK_THAT(gate(folder, shifted + limit("is_accurate", "0.5")).entry("is_accurate").rerun, ContainsSubstring("--limit 0.5"));
  CHECK(gate(folder, shifted + limit("is_accurate", "1e300")).code == 0);
  // What is measured is held to the limit as well, not to the bound of the claim that the limit takes the place of.
  const std::string overclaimed = shifted + "claim = \"arithmetic=f64\"\n";
  CHECK(gate(folder, overclaimed).entry("is_accurate").outcome == "broken");
  CHECK(gate(folder, overclaimed + limit("is_accurate", "1e300")).entry("is_accurate").outcome == "holds");
  // The last that is about it counts.
  CHECK(gate(folder, shifted + limit("max_ulp", "0.5") + limit("max_ulp", "1e6", "format = \"f3?\"\n")).code == 5);
  CHECK(gate(folder, shifted + limit("contracts", "[\"permutation\"]")).entry("contracts").outcome == "broken");
  CHECK(gate(folder, shifted + limit("contracts", "[\"ties\"]")).entry("contracts").outcome ==
        "untested"); // by none of the six laws
  CHECK(gate(folder, shifted + limit("special_values", "\"ieee\"")).code == 0);
  CHECK(gate(folder, shifted + limit("special_values", "[\"safe\", \"uniform\"]")).code == 1);
  CHECK(gate(folder, shifted + limit("subnormals", "\"gradual\"")).code == 0);
  CHECK(gate(folder, quick + "[[subject]]\nbuiltin = \"flushes_undeclared_simd\"\n" + limit("subnormals", "\"gradual\""))
            .entry("subnormals")
            .outcome == "broken");
  CHECK(gate(folder, shifted + limit("memory", "0")).code == 0);
  CHECK(gate(folder, library("writes_past_the_end", limit("memory", "0"))).entry("memory").outcome == "broken");
}

TEST_CASE("gate / speed is held against a limit only where it is far enough from it") {
  const Folder folder;
  const Gated fast = gate(folder, shifted + limit("speed_ratio", "1e6"));
  CHECK(fast.code == 0);
  CHECK(fast.entry("speed_ratio").measured_low <= fast.entry("speed_ratio").measured_high);
  CHECK(gate(folder, shifted + limit("speed_ratio", "0.0001")).code == 1);
  // As long as itself: near to 1, which nobody can tell from 1. Any outcome but a break by noise would be a lie of another kind.
  const Gated same = gate(folder, shifted + limit("speed_ratio", "1", "against = \"shifted\"\n"));
  CHECK(same.entry("speed_ratio").measured_low < 1.5);
  CHECK(same.entry("speed_ratio").measured_high > 0.67);
}

TEST_CASE("gate / limits expire, and what tests nothing is no success") {
  const Folder folder;
  const std::string loose = shifted + limit("max_ulp", "0.5", "expires = 2026-01-31\n");
  setenv("SOURCE_DATE_EPOCH", "1769731200", 1); // 2026-01-30
  CHECK(gate(folder, loose).code == 1);
  setenv("SOURCE_DATE_EPOCH", "1769817600", 1); // 2026-01-31
  const Gated expired = gate(folder, loose);
  unsetenv("SOURCE_DATE_EPOCH");
  CHECK(expired.code == 0);
  CHECK(expired.entry("max_ulp").outcome == "expired");
  CHECK(gate(folder, shifted + limit("max_ulp", "9", "length = 7\n")).code == 5);
  CHECK(gate(folder, quick + "[[subject]]\nbuiltin = \"shifted\"\nformat = \"f32\"\noperation = \"sigmoid\"\n" +
                         limit("sum_error", "3"))
            .code == 5);
}

TEST_CASE("gate / known breaks pass, and fail when they are mended") {
  const Folder folder;
  const auto known = [](const std::string& property, const std::string& more = "") {
    return "known_broken = [{ property = \"" + property + "\", reason = \"issue 12\"" + more + " }]\n";
  };
  const std::string all =
      "known_broken = [{ property = \"is_accurate\", reason = \"r\" }, { property = \"follows_permutation\", reason = \"r\" }, "
      "{ property = \"treats_special_values\", reason = \"r\" }, { property = \"is_uniform_on_constants\", reason = \"r\" }, "
      "{ property = \"sums_to_one\", reason = \"r\" }]\n";
  const Gated accepted = gate(folder, library("forgets_the_last", all));
  CHECK(accepted.code == 0);
  CHECK(accepted.entry("is_accurate").outcome == "known_broken");
  CHECK(gate(folder, library("forgets_the_last", known("is_accurate"))).code == 1); // the others are not known
  const Gated mended = gate(folder, shifted + known("is_accurate"));
  CHECK(mended.code == 1);
  CHECK(mended.entry("is_accurate").outcome == "unexpectedly_holds");
  CHECK_THAT(mended.entry("is_accurate").sentence, ContainsSubstring("remove the [[subject.known_broken]]"));
  CHECK(gate(folder, shifted + known("is_accurate", ", expires = 2020-01-01")).code == 0);
  CHECK(gate(folder, shifted + known("sums_to_zero")).code == 5); // no law of softmax
}

TEST_CASE("gate / a baseline is exact, improves only, and says when it is none of this machine") {
  const Folder folder;
  const std::string baseline = " --baseline " + folder.file("b.json");
  const Gated absent = gate(folder, shifted, baseline);
  CHECK(absent.code == 0);
  CHECK(absent.gate.baseline == "absent");
  CHECK_THAT(absent.gate.sentence, ContainsSubstring("does not exist yet"));
  CHECK(gate(folder, shifted, baseline + " --update-baseline").gate.baseline == "written");
  const std::string first = content(folder.file("b.json"));
  const Gated again = gate(folder, shifted, baseline + " --update-baseline");
  CHECK(again.code == 0);
  CHECK(content(folder.file("b.json")) == first);
  CHECK(again.entry("all figures").outcome == "unchanged");

  // The same name, other code.
  const std::string reciprocal =
      quick + "[[subject]]\nname = \"shifted\"\nbuiltin = \"pairwise\"\noperation = \"softmax\"\nformat = \"f32\"\n";
  const Gated worse = gate(folder, reciprocal, baseline);
  CHECK(worse.code == 1);
  CHECK(std::any_of(worse.gate.entries.begin(), worse.gate.entries.end(),
                    [](const GateEntry& e) { return e.outcome == "regressed"; }));
  CHECK(content(folder.file("b.json")) == first);
  CHECK(gate(folder, reciprocal, baseline + " --update-baseline").code == 1); // what is better is written, what is worse is not
  CHECK(gate(folder, reciprocal, baseline + " --update-baseline --allow-regression 'pairwise sums'").code == 0);
  CHECK_THAT(content(folder.file("b.json")), ContainsSubstring("pairwise sums"));
  CHECK(gate(folder, reciprocal, baseline).code == 0);

  std::string elsewhere = content(folder.file("b.json"));
  elsewhere.replace(elsewhere.find("glibc"), 5, "other");
  std::ofstream(folder.file("b.json")) << elsewhere;
  const Gated none = gate(folder, shifted, baseline);
  CHECK(none.code == 0);
  CHECK(none.gate.baseline == "none for this machine");
  CHECK_THAT(none.gate.sentence, ContainsSubstring("no baseline for this machine"));
  CHECK(none.entry("all figures").outcome == "missing");
}

TEST_CASE("gate / crashes are 3, and what the user has to mend is one line and 2") {
  const Folder folder;
  CHECK(gate(folder, library("writes_past_the_end")).code == 3);
  const auto refused = [&](const std::string& policy, const std::string& with, const std::string& arguments = "") {
    std::ofstream(folder.file("gate.toml")) << policy;
    is_refused("gate " + folder.file("gate.toml") + " " + arguments, with);
  };
  is_refused("gate " + folder.file("none.toml"), "cannot be read");
  refused(shifted + limit("max_ulps", "3"), "gate.toml:8:10: metric of [[limit]]");
  refused(quick, "no subject");
  refused(quick + "[[subject]]\nbuiltin = \"shfted\"\n",
          "gate.toml:3:1: there is no implementation \"shfted\"; did you mean shifted?");
  refused(library("no_such_symbol"), "gate.toml:3:1: ");
  refused(shifted + limit("max_ulp", "3", "implementation = \"shiftd\"\n"),
          "there is no subject \"shiftd\"; did you mean shifted?");
  refused(shifted + limit("max_ulp", "3", "regime = \"moderat\"\n"),
          "gate.toml:11:10: regime of [[limit]]: there is no regime \"moderat\"; did you mean moderate?");
  refused(shifted + limit("speed_ratio", "3", "against = \"memcopy\"\n"),
          "gate.toml:11:11: against of [[limit]]: there is no implementation \"memcopy\"; did you mean memcpy?");
  refused(shifted, "--update-baseline needs --baseline", "--update-baseline");
  refused(shifted, "add it", "--baseline b.json --allow-regression why");
  refused(shifted + "inputs = \"none.npy\"\n", "gate.toml:7:1: there is no key \"inputs\""); // belongs above the subjects
  refused("inputs = \"none.npy\"\n" + shifted, "none.npy: cannot be read");
  std::ofstream(folder.file("b.json")) << "{}";
  refused(shifted, "b.json: not a baseline", "--baseline " + folder.file("b.json"));
}

TEST_CASE("gate / foreign code on the command line is a subject of the policy") {
  const Folder folder;
  std::ofstream(folder.file("gate.toml")) << quick + limit("max_ulp", "1e6");
  const std::string good = "gate " + folder.file("gate.toml") +
                           " --cases 200 --effort smoke --library " SOFTMAX_AUDIT_TEST_LIBRARY +
                           " --symbol good --call 'void(const f32* x, f32* y, size rows, size cols)'";
  const Run run_good = run(good);
  INFO(run_good.out);
  CHECK(run_good.code == 0);
  is_refused("gate " + folder.file("gate.toml"), "no subject");
}
