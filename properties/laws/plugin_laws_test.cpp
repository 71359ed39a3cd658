// Laws that only plugins can be judged by, and the one line with which a C++ test program audits itself.
#include "impl/foreign/worker.hpp"
#include "oracles/registry.hpp"
#include "properties/campaigns/check.hpp"
#include "scripts/catch.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <string>

using namespace softmax_audit;

namespace {

Outcome outcome_of(const std::string& entry, std::string_view law) {
  const Subject subject = plugin_subject(SOFTMAX_AUDIT_TEST_PLUGIN, entry, {}, SOFTMAX_AUDIT_RUNNER);
  CheckOptions options;
  options.generated = 200;
  for (const Property* property : all_properties())
    if (property->name == law) {
      REQUIRE(applies(*property, subject, Operation::softmax, Format::f32));
      return check(*property, subject, Operation::softmax, Format::f32, options, default_oracle()).outcome;
    }
  throw std::runtime_error("no such law");
}

// Its exit status, with what it says out of the way.
int audit_embedded(const std::string& which) {
  const int status = std::system((std::string("exec '") + SOFTMAX_AUDIT_EMBEDDING + "' " + which + " >/dev/null 2>&1").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

TEST_CASE("plugins / a mask beside the logits does what -inf among them does") {
  CHECK(outcome_of("has_nothing", "takes_masks_beside_logits") == Outcome::holds);
  CHECK(outcome_of("has_mask_of_minus_ten_thousand", "takes_masks_beside_logits") == Outcome::broken);
}

TEST_CASE("plugins / maximum and sum are those of the row") {
  CHECK(outcome_of("has_nothing", "gives_maximum_and_sum") == Outcome::holds);
  CHECK(outcome_of("has_sum_without_the_maximum", "gives_maximum_and_sum") == Outcome::broken);
  CHECK(outcome_of("has_maximum_of_magnitudes", "gives_maximum_and_sum") == Outcome::broken);
}

TEST_CASE("a C++ test program audits its own function in a line") {
  CHECK(audit_embedded("right") == 0);
  CHECK(audit_embedded("scaled") == 0);
  CHECK(audit_embedded("unshifted") == 1);
  CHECK(audit_embedded("crashes") == 3);
  CHECK(audit_embedded("unknown") == 2);
}
