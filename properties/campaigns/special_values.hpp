// What a subject answers to a fixed set of rows with NaN, infinities, masks and the ends of the format, and what each profile of special
// values demands there.
#pragma once

#include "properties/property.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

struct SpecialRow {
  std::string_view name; // "NaN first"
  std::vector<double> x;
  std::vector<double> y;  // empty where the subject did not answer
  std::string incident;   // then: why
  bool has_truth = false; // arithmetic decides it: one demand, the correctly rounded results
  struct Demand {
    std::vector<Profile> profiles; // all that demand these results; every one where has_truth
    std::vector<double> y;
    bool met = false; // within what the subject's class allows
  };
  std::vector<Demand> demands;
};

struct SpecialValues {
  Operation operation = Operation::softmax;
  Format format = Format::f32;
  std::vector<SpecialRow> rows;
  std::vector<Profile> met; // profiles whose every demand is met
};

// Of these the demands are known.
inline constexpr Operations operations_of_special_values{Operation::softmax, Operation::log_softmax, Operation::log_sum_exp,
                                                         Operation::cross_entropy, Operation::sigmoid};

// Requires subject.has(operation, format) and an operation of the above. cross_entropy asks for target 0.
SpecialValues special_values_of(const Subject& subject, Operation operation, Format format, const Oracle& oracle);

} // namespace softmax_audit
