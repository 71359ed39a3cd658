// The smallest error that the suite finds. Sound code is moved by d ulp in the places that a pattern says, the sign and the places
// chosen by a hash of the row's bits and the index, so that the fault is repeatable; d is a power of two.
//
// A run judges the moved subject by the laws of softmax, as check does at its effort and seed; d is found if one of them breaks that the
// code as it was holds. Left out are isolation, laws of which a case costs more than eight answers, and rows that have another length
// before the law changes them: what is reported is an upper bound of what check finds. With contracts off the subject promises no bits.
#pragma once

#include "properties/campaigns/check.hpp"

#include <vector>

namespace softmax_audit {

enum class Pattern { everywhere, one_in_1024, one_in_2_to_20, one_lane, one_binade, one_width };
inline constexpr std::array<std::string_view, 6> pattern_names{"everywhere", "1 in 2^10",  "1 in 2^20",
                                                               "one lane",   "one binade", "one width"};

struct Detection {
  Pattern pattern = Pattern::everywhere;
  std::size_t from_length = 0, to_length = 0;
  bool contracts = false;
  double ulp = 0; // a power of two that at least 95 % of the runs find, and half of it is not found; infinite: 2^20 is not
  unsigned runs = 0, found = 0; // runs that were made: a d that cannot reach 95 % any more is given up
  double low = 0, high = 0;     // Clopper and Pearson's 95 % interval of the share of runs that find it
};

// The least lengths of the decades of which the effort has rows.
std::vector<std::size_t> decades_tried(Effort effort);

// One entry for each pattern, of the decade that begins with a length of decades_tried(options.effort). `progress` is called after each
// run.
std::vector<Detection> detection(const Subject& subject, Format format, bool contracts, std::size_t from_length, unsigned runs,
                                 const CheckOptions& options, const Oracle& oracle);

// The 95 % interval of a share of which `found` of `runs` were seen (Clopper and Pearson 1934).
std::pair<double, double> clopper_pearson(unsigned found, unsigned runs);

} // namespace softmax_audit
