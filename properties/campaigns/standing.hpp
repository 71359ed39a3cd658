// What a subject turns out to be, whatever it declares: the strongest claim of a ladder that it meets, the profiles that it meets, and
// in what share of cases it keeps which bitwise contract.
#pragma once

#include "properties/campaigns/check.hpp"

#include <string>
#include <vector>

namespace softmax_audit {

struct Standing {
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  std::string strongest_claim;              // as --claim takes it, "nothing" for the default class; empty: none of the ladder
  std::vector<std::string_view> profiles;   // of special values, all that it meets
  std::vector<std::string_view> subnormals; // gradual, flushed: all that it meets
  struct ContractCount {
    Contract contract;
    std::uint64_t compared = 0, differed = 0; // cases
  };
  std::vector<ContractCount> contracts;
};

// The ladder, strongest first. A rung is met when is_accurate and sums_to_one (softmax) hold under it on the rows of the effort.
std::span<const std::string_view> claim_ladder();

// The profile of special values that the subject meets in this operation and format: what it declares if it declares one; else the
// first that it meets, or that of IEEE 754 if it meets none.
Profile profile_of(const Subject& subject, Operation operation, Format format, const CheckOptions& options, const Oracle& oracle);

Standing standing_of(const Subject& subject, Operation operation, Format format, const CheckOptions& options,
                     const Oracle& oracle);

// `verdicts`: of the same subject, operation and format.
void add_contracts(Standing& standing, const std::vector<Verdict>& verdicts);

} // namespace softmax_audit
