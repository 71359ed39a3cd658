// What a law sees: something that answers problems, wherever its code lives.
#pragma once

#include "impl/implementation.hpp"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace softmax_audit {

// What NaN, +inf and rows of nothing but -inf have to give.
//   ieee   the shifted formula as evaluated: a row with a NaN, a +inf, or only -inf is NaN throughout
//   safe   like ieee, but a row of only -inf is zero throughout
enum class Profile { ieee, safe };
inline constexpr std::array<std::string_view, 2> profile_names{"ieee", "safe"};
constexpr std::string_view name(Profile profile) { return profile_names[static_cast<std::size_t>(profile)]; }

// The subject did something other than answer. The row that did it is known to whoever asked.
struct Incident : std::runtime_error {
  enum class Kind { crashed, timed_out, refused };
  Kind kind;
  Incident(Kind kind_, const std::string& what_) : std::runtime_error(what_), kind(kind_) {}
};

struct Subject {
  std::string name;
  std::string version;
  std::string instruction_set;
  std::vector<Format> formats; // that it can be asked in
  Claim claim;
  bool claim_is_assumed = false; // nothing was declared
  bool takes_scale = false;      // otherwise only scale = 1 may be asked
  Profile profile = Profile::ieee;
  std::vector<Break> breaks; // declared
  // Answers a problem: rows * cols results, row-major, as values of problem.format. Throws Incident.
  std::function<std::vector<double>(const Problem&)> run;
};

// One subject per runnable variant of the implementation.
std::vector<Subject> subjects_of(const Implementation& implementation);

} // namespace softmax_audit
