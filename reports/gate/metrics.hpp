// What a gate can limit. A metric is a column of the accuracy tables, a law, or a list of names that a subject must live up to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

struct Property;

struct GateMetric {
  enum class Kind {
    accuracy,       // a column of the tables that `measure` makes, cell by cell: length, regime
    law,            // what the law measures, on every row that it is tried on
    contracts,      // names of bitwise promises: kept on every row
    special_values, // names of profiles: one of them is met
    subnormals,     // gradual, flushed: one of them is met
    memory,         // how many laws about memory are broken
    speed_ratio,    // how many times as long as something else
  };
  std::string name; // as the file has it
  Kind kind = Kind::accuracy;
  const Property* property = nullptr; // of a law
  std::string_view unit;
};

// Nothing if there is none of that name.
std::optional<GateMetric> metric_named(std::string_view name);
// All names that metric_named knows.
std::vector<std::string> metric_names_of_gates();

// The laws of isolation that are about memory.
bool is_about_memory(std::string_view property);

} // namespace softmax_audit
