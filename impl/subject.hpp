// What a law sees: something that answers problems, wherever its code lives.
#pragma once

#include "impl/implementation.hpp"
#include "impl/profile.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace softmax_audit {

// The subject did something other than answer. The row that did it is known to whoever asked.
struct Incident : std::runtime_error {
  enum class Kind { crashed, timed_out, refused };
  Kind kind;
  Incident(Kind kind_, const std::string& what_) : std::runtime_error(what_), kind(kind_) {}
};

// How a problem's rows are put into memory for one call. The results must not depend on it.
struct Placement {
  std::size_t inner = 1;     // rows side by side: the axis has this many elements behind it; divides the number of rows
  std::size_t gap = 0;       // elements between two blocks of rows, filled with NaN
  std::size_t misplaced = 0; // elements between a 64-byte boundary and each buffer
  bool in_place = false;     // y is x
};

struct Answer {
  std::vector<double> y; // row-major, whatever the placement was
  int flags = 0;         // the IEEE exceptions that the call raised (FE_INVALID ...)
};

struct Offer {
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  friend bool operator==(const Offer&, const Offer&) = default;
};

struct Subject {
  std::string name;
  std::string version;
  std::string instruction_set;
  std::vector<Offer> offers; // what it can be asked
  Claim claim;
  bool claim_is_assumed = false; // nothing was declared
  bool takes_scale = false;      // otherwise only scale = 1 may be asked
  Profile profile = Profile::ieee;
  std::vector<Break> breaks; // declared
  // Answers a problem: result_count(problem) results, row-major, as values of problem.format. Throws Incident.
  std::function<std::vector<double>(const Problem&)> run;
  // The same with the rows placed in another way, from any thread; empty where that cannot be asked.
  std::function<Answer(const Problem&, const Placement&)> run_placed;
  bool works_in_place = false; // Placement::in_place may be asked

  bool has(Operation operation, Format format) const {
    return std::find(offers.begin(), offers.end(), Offer{operation, format}) != offers.end();
  }
};

// One subject per runnable variant of the implementation.
std::vector<Subject> subjects_of(const Implementation& implementation);

} // namespace softmax_audit
