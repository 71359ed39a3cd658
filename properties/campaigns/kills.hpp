// Planted faults are what the laws are judged by: which law breaks which fault, and how soon.
#pragma once

#include "properties/campaigns/check.hpp"

#include <vector>

namespace softmax_audit {

struct KillRow {
  const Implementation* fault = nullptr;
  std::string instruction_set; // of the variant that was judged: the widest of this machine
  std::vector<Offer> offers;
  struct Kill {
    const Property* property = nullptr;
    Operation operation = Operation::softmax;
    Format format = Format::f32;
    std::uint64_t cases = 0; // until it was found
  };
  std::vector<Kill> kills; // one a law, in the first operation and format that it breaks
  std::size_t laws_tried = 0;
};

// Every law against the fault, each until its first kill. `subjects`: its runnable variants, as the caller has them answer
// (subjects_of, watched_subjects_of).
KillRow kills_of(const Implementation& fault, const std::vector<Subject>& subjects, const CheckOptions& options,
                 const Oracle& oracle);

// The law that the fault names, against each of its runnable variants: what it misses, one sentence each.
std::vector<std::string> missed_by_named_law(const Implementation& fault, const std::vector<Subject>& subjects,
                                             const CheckOptions& options, const Oracle& oracle);

} // namespace softmax_audit
