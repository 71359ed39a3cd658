// Rows by the text that says where they came from.
#pragma once

#include "properties/property.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

// One row and where it came from: "generated:REGIME,LENGTH,SEED" or "FILE.npy:INDEX".
struct SourcedRow {
  std::string source;
  std::vector<double> x;
};

// A row from its own source text: generated rows only.
std::vector<double> generated_row(std::string_view source, Format format);

// The row as a case of an operation; gradients and target follow from the row itself, so its source says everything.
Case case_of(const SourcedRow& row, Operation operation, Format format);

} // namespace softmax_audit
