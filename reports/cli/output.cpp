#include "reports/cli/output.hpp"

#include "impl/registry.hpp"
#include "impl/subject.hpp"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <stdexcept>

namespace softmax_audit {
namespace {

std::string processor() {
  std::ifstream information("/proc/cpuinfo");
  for (std::string line; std::getline(information, line);)
    if (line.starts_with("model name"))
      if (const auto colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  return "unknown";
}

std::string instruction_sets() {
  std::string all;
  for (const Implementation* implementation : all_implementations())
    for (const Variant& variant : implementation->variants)
      if (variant.runnable() && all.find(variant.instruction_set) == std::string::npos)
        all += fmt::format("{}{}", all.empty() ? "" : " ", variant.instruction_set);
  return all;
}

} // namespace

void write_whole(const std::filesystem::path& file, const std::string& content) {
  if (file == "-") {
    if (std::fwrite(content.data(), 1, content.size(), stdout) != content.size() || std::fflush(stdout) != 0)
      throw std::runtime_error("standard output cannot be written");
    return;
  }
  // Devices and pipes (/dev/stdout) are written to, not replaced.
  if (std::filesystem::exists(file) && !std::filesystem::is_regular_file(file)) {
    std::ofstream stream(file, std::ios::binary);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    stream.close();
    if (!stream.good()) throw std::runtime_error(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
    return;
  }
  if (const auto folder = file.parent_path(); !folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw std::runtime_error(fmt::format("{}: cannot be created: {}", folder.string(), error.message()));
  }
  // Beside the file, so that the rename stays on one file system; the process number keeps two runs apart.
  const std::filesystem::path unfinished = fmt::format("{}.{}.unfinished", file.string(), getpid());
  std::ofstream stream(unfinished, std::ios::binary);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  stream.close();
  std::error_code error;
  if (stream.good()) std::filesystem::rename(unfinished, file, error);
  if (!stream.good() || error) {
    const std::string reason = error ? error.message() : std::strerror(errno);
    std::error_code ignored;
    std::filesystem::remove(unfinished, ignored);
    throw std::runtime_error(fmt::format("{}: cannot be written: {}", file.string(), reason));
  }
}

Report new_report() {
  Report report;
  report.tool_version = SOFTMAX_AUDIT_VERSION;
  report.tool_commit = SOFTMAX_AUDIT_COMMIT;
  report.environment["cpu"] = processor();
  report.environment["instruction_sets"] = instruction_sets();
#ifdef __clang__
  report.environment["compiler"] = "clang " __clang_version__;
#else
  report.environment["compiler"] = "gcc " __VERSION__;
#endif
  report.environment["libm"] = fmt::format("glibc {}", gnu_get_libc_version());
  for (const Implementation* implementation : all_implementations())
    report.implementations[std::string(implementation->name)] = implementation->summary;
  return report;
}

} // namespace softmax_audit
