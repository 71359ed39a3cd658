#include "reports/json.hpp"

#include <fmt/format.h>

namespace softmax_audit {
namespace {

// One verdict or accuracy entry a line: a diff of two reports shows entries, and the file stays a third of an indented one.
std::string write(const Report& report) {
  const auto dumped = [](const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  };
  std::string text = "{";
  const nlohmann::ordered_json all = to_json(report);
  for (const auto& [key, value] : all.items()) {
    text += fmt::format("{}\"{}\": ", text.size() > 1 ? ",\n" : "\n", key);
    if (!value.is_array()) {
      text += dumped(value);
      continue;
    }
    text += "[";
    for (std::size_t k = 0; k < value.size(); ++k) text += (k > 0 ? ",\n" : "\n") + dumped(value[k]);
    text += "\n]";
  }
  return text + "\n}\n";
}

} // namespace

namespace report_formats {
extern constinit const ReportFormat json{
    .name = "json",
    .summary = "everything, by reports/schema.json; every other format can be made from it",
    .extension = "json",
    .write = &write,
    .always = true,
};
} // namespace report_formats

} // namespace softmax_audit
