#include "reports/gate/policy.hpp"
#include "scripts/catch.hpp"

using namespace softmax_audit;
using Catch::Matchers::ContainsSubstring;

namespace {

// What the file is refused with.
std::string refusal(const std::string& text) {
  try {
    (void)policy_from(text, "gate.toml", {"shifted"});
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

std::string limit(const std::string& keys) { return "[[limit]]\nmetric = \"max_ulp\"\n" + keys + "\n"; }

} // namespace

TEST_CASE("gate / a policy is read with the places of what it says") {
  const Policy policy = policy_from(R"toml(
effort = "smoke"
seed = 7
lengths = [10, 1000]
inputs = "logits.npy"

[[subject]]
name = "mine"
library = "./libmine.so"
symbol = "softmax"
call = "void(const f32* x, f32* y, size n)"
claim = "exp=2"
timeout = 2.5
allow_overread = 16
known_broken = [{ property = "treats_special_values", format = "f*", reason = "NaN is lost", expires = 2027-01-31 }]

[[subject]]
builtin = "shifted"
format = ["f32", "f64"]

[[limit]]
implementation = "mi*"
operation = "softmax"
format = ["f32", "bf16"]
length = "2..1000"
regime = "moderate"
metric = "max_ulp"
limit = 2.5
basis = "measured"
reason = "what it reached in 2026"
expires = 2027-01-01

[[limit]]
metric = "contracts"
limit = ["batch", "ties"]
reason = "results are cached"
)toml",
                                    "gate.toml", {"shifted"});
  CHECK(policy.effort == "smoke");
  CHECK(policy.seed == 7);
  CHECK(policy.lengths == std::vector<std::size_t>{10, 1000});
  CHECK(policy.inputs == std::vector<std::string>{"logits.npy"});
  REQUIRE(policy.subjects.size() == 2);
  CHECK(policy.subjects[0].name == "mine");
  CHECK(policy.subjects[0].place.line == 7);
  CHECK(policy.subjects[0].timeout_seconds == 2.5);
  CHECK(policy.subjects[0].overread_bytes == 16);
  REQUIRE(policy.subjects[0].known_breaks.size() == 1);
  CHECK(policy.subjects[0].known_breaks[0].expires == Date{2027, 1, 31});
  CHECK(policy.subjects[1].name == "shifted");
  REQUIRE(policy.limits.size() == 2);
  CHECK(policy.limits[0].number == 2.5);
  CHECK(policy.limits[0].shortest == 2);
  CHECK(policy.limits[0].longest == 1000);
  CHECK(policy.limits[0].place.line == 28);
  CHECK(policy.limits[0].place.column == 9);
  CHECK(policy.limits[1].names == std::vector<std::string>{"batch", "ties"});
}

TEST_CASE("gate / what is wrong with a policy is told with line, column and the nearest name") {
  const std::string reason = "\nreason = \"r\"";
  CHECK(refusal("[[limit]\n") == "gate.toml:1:9: not TOML: Error while parsing table header: expected ']', saw '\\n'");
  CHECK(refusal("effrot = \"smoke\"") == "gate.toml:1:1: there is no key \"effrot\"; did you mean effort? in the file");
  CHECK(refusal("effort = \"gat\"") == "gate.toml:1:10: effort of the file: there is no effort \"gat\"; did you mean gate?");
  CHECK_THAT(refusal("[limit]\nmetric = \"max_ulp\""),
             ContainsSubstring("gate.toml:1:1: limit stands for itself; write [[limit]]"));
  CHECK_THAT(refusal(limit("limt = 3" + reason)),
             ContainsSubstring("gate.toml:3:1: there is no key \"limt\"; did you mean limit?"));
  CHECK_THAT(refusal(limit("limit = \"3\"" + reason)),
             ContainsSubstring("gate.toml:3:9: limit of [[limit]]: expected a number, found a string"));
  CHECK_THAT(refusal(limit("limit = -1" + reason)), ContainsSubstring("from 0 on"));
  CHECK_THAT(refusal(limit("limit = nan" + reason)), ContainsSubstring("from 0 on"));
  CHECK_THAT(refusal(limit("limit = 3")), ContainsSubstring("gate.toml:1:1: [[limit]] has no reason"));
  CHECK_THAT(refusal(limit(reason)), ContainsSubstring("has no limit"));
  CHECK_THAT(refusal(limit("limit = 3\nformat = \"f31\"" + reason)),
             ContainsSubstring("gate.toml:4:10: format of [[limit]]: there is no format \"f31\""));
  CHECK_THAT(refusal(limit("limit = 3\nlength = \"9..3\"" + reason)), ContainsSubstring("holds no length"));
  CHECK_THAT(refusal(limit("limit = 3\nlength = \"ten\"" + reason)), ContainsSubstring("1..100"));
  CHECK_THAT(refusal(limit("limit = 3\nlength = 0" + reason)), ContainsSubstring("gate.toml:4:10"));
  CHECK_THAT(refusal(limit("limit = 3\nexpires = \"2027-01-01\"" + reason)), ContainsSubstring("expected a date"));
  CHECK_THAT(refusal(limit("limit = 3\nbasis = \"guess\"" + reason)), ContainsSubstring("there is no basis \"guess\""));
  CHECK_THAT(refusal(limit("limit = 3\nagainst = \"memcpy\"" + reason)), ContainsSubstring("belongs to speed_ratio"));
  CHECK_THAT(refusal("[[limit]]\nmetric = \"max_ulps\""),
             ContainsSubstring("gate.toml:2:10: metric of [[limit]]: there is no metric \"max_ulps\"; did you mean max_ulp?"));
  CHECK_THAT(refusal("[[limit]]\nmetric = \"order\"\nlimit = 0\nlength = 3" + reason),
             ContainsSubstring("laws are tried on every length"));
  CHECK_THAT(refusal("[[limit]]\nmetric = \"prints_nothing\"\nlimit = 1" + reason), ContainsSubstring("there is no metric"));
  CHECK_THAT(refusal("[[limit]]\nmetric = \"contracts\"\nlimit = [\"bach\"]" + reason),
             ContainsSubstring("did you mean batch"));
  CHECK_THAT(refusal("[[subject]]\n"), ContainsSubstring("says nothing to judge"));
  CHECK_THAT(refusal("[[subject]]\nbuiltin = \"a\"\nworker = \"b\""), ContainsSubstring("a [[subject]] for each"));
  CHECK_THAT(refusal("[[subject]]\nlibrary = \"a.so\""), ContainsSubstring("needs symbol"));
  CHECK_THAT(refusal("[[subject]]\nworker = \"b\""), ContainsSubstring("has no name"));
  CHECK_THAT(refusal("[[subject]]\nbuiltin = \"" + std::string(201, 'b') + '"'),
             ContainsSubstring("a name of at most 200 bytes"));
  CHECK_THAT(refusal("[[subject]]\nworker = \"b\"\nname = \"b\"\nclaim = \"exp=x\""),
             ContainsSubstring("gate.toml:4:9: claim of [[subject]]"));
  CHECK_THAT(refusal("[[subject]]\nbuiltin = \"a\"\n[[subject]]\nbuiltin = \"a\""),
             ContainsSubstring("gate.toml:3:1: there are two subjects \"a\""));
  CHECK_THAT(refusal("[[subject]]\nbuiltin = \"a\"\nknown_broken = [{ property = \"sums_to_on\", reason = \"r\" }]"),
             ContainsSubstring("did you mean sums_to_one"));
  CHECK_THAT(refusal("[[subject]]\nbuiltin = \"a\"\nname = \"a\\nb\""), ContainsSubstring("one line of text"));
  CHECK(refusal("[[subject]]\nbuiltin = \"a\"") == "accepted"); // that it does not exist is found when it is looked up
}
