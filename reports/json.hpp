// Report to and from JSON, the single source of every other format. The schema is reports/schema.json.
#pragma once

#include "reports/report.hpp"

#include <nlohmann/json.hpp>

namespace softmax_audit {

nlohmann::ordered_json to_json(const Report& report);

// Throws std::invalid_argument with one sentence: `file`, what is wrong with it.
Report report_from_json(std::string_view text, std::string_view file);

// What is wrong with a text that is not the JSON which was expected, in one line: without the parser's own tag, as in
// "[json.exception.parse_error.101] parse error at line 1 ...".
std::string complaint_about_json(const std::exception& error);

} // namespace softmax_audit
