// One row, element by element: what went in, what is true, what came out, and how far that may be apart.
#pragma once

#include "properties/property.hpp"

namespace softmax_audit {

struct ExplainedElement {
  double x;          // of one value a row: the target's or the first
  std::string exact; // 40 decimal digits
  double nearest;
  double computed;
  double ulp_error; // signed; NaN where computed is
  double bound;     // in ulp; infinity where the class allows anything
};

struct Explanation {
  std::vector<ExplainedElement> elements;
  std::string assumptions; // that the bounds rest on
};

// Requires a row that has a truth (some logit finite, none NaN or +inf); throws std::invalid_argument otherwise.
Explanation explain(const Subject& subject, const Case& c, const Oracle& oracle);

} // namespace softmax_audit
