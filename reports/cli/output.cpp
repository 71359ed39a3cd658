#include "reports/cli/output.hpp"

#include "impl/registry.hpp"
#include "impl/subject.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
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

// errno says why not. On the disk, too, and not only in memory: file systems that allocate late say only then that there is no room
// left, and after a crash the new name would stand for an empty file.
bool is_written(const std::string& file, std::string_view content) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return false;
  while (!content.empty()) {
    const ssize_t count = write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  const bool is_on_disk = content.empty() && (fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP);
  const int reason = errno;
  const bool is_closed = close(descriptor) == 0;
  if (!is_on_disk) errno = reason;
  return is_on_disk && is_closed;
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
  const std::string unfinished = fmt::format("{}.{}.unfinished", file.string(), getpid());
  if (is_written(unfinished, content) && std::rename(unfinished.c_str(), file.c_str()) == 0) return;
  const int reason = errno;
  unlink(unfinished.c_str());
  throw std::runtime_error(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(reason)));
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
