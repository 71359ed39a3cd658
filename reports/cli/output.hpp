// Where results go: whole files or none, and what is known about this machine.
#pragma once

#include "reports/report.hpp"

#include <filesystem>
#include <string>

namespace softmax_audit {

// Writes beside the file and renames, so that a reader sees the old file or the new one. "-" is standard output.
// Throws std::runtime_error with one sentence; nothing half-written is left.
void write_whole(const std::filesystem::path& file, const std::string& content);

// An empty report that knows the tool and the machine.
Report new_report();

} // namespace softmax_audit
