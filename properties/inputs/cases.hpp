// From a row of logits to a case of an operation: what else the operation asks for follows from a seed.
#pragma once

#include "properties/inputs/random.hpp"
#include "properties/property.hpp"

namespace softmax_audit {

// Logits become a forward pass's output where the operation starts from one; gradients, a target and, if `scaled`, a scale are drawn.
Case completed_case(Operation operation, Format format, std::vector<double> logits, bool scaled, Random& random);

// The case as the subject can be asked. One without a scale gets the scaled logits, rounded once, and one that reads another format than it
// writes gets numbers of that: laws hold for them as for any others.
void fit(Case& c, const Subject& subject);

} // namespace softmax_audit
