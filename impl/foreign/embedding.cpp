#include "impl/foreign/softmax_audit.hpp"

#include "impl/foreign/serve.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace softmax_audit::embedding {
namespace {

// Which call of `audit` this process is to answer: NAME/OPERATION.
constexpr const char* serve_variable = "SOFTMAX_AUDIT_SERVE";

struct Serving {
  std::string what;
  Wire wire;
};

// Before main, so that nothing that the test program prints on its way to `audit` gets onto the wire.
const std::optional<Serving> serving = []() -> std::optional<Serving> {
  const char* what = std::getenv(serve_variable);
  if (!what) return std::nullopt;
  Serving found{what, {}};
  unsetenv(serve_variable); // not for what this process starts
  found.wire = take_wire();
  return found;
}();

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += "'\\'";
    result += c;
  }
  return result + '\'';
}

// This process's own command line, for a shell.
std::string own_command() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  const std::string words{std::istreambuf_iterator<char>(file), {}};
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size() - 1);
  if (length <= 0) throw std::system_error(errno, std::generic_category(), "softmax_audit::audit: /proc/self/exe");
  std::string command = quoted(path.data());
  for (std::size_t at = words.find('\0'); at != std::string::npos && at + 1 < words.size();) {
    const std::size_t end = words.find('\0', at + 1);
    command += ' ' + quoted(std::string_view(words).substr(at + 1, end - at - 1));
    at = end;
  }
  return command;
}

[[noreturn]] void serve_and_exit(const std::string& name, const std::vector<Function>& functions, Operation operation,
                                 const std::string& version) {
  Callee callee;
  callee.name = name;
  callee.version = version;
  callee.takes_scale = !functions.empty();
  for (const Function& function : functions) {
    callee.offers.push_back({operation, static_cast<Format>(function.format)});
    callee.takes_scale = callee.takes_scale && function.takes_scale;
  }
  callee.takes_threads = true;
  callee.run = [&functions](const CalleeCall& call) -> int {
    for (const Function& function : functions)
      if (function.format == call.format_of_y) function.run(call);
    return SOFTMAX_AUDIT_DONE;
  };
  Wire wire = serving->wire;
  try {
    serve(wire, callee, {}, {});
  } catch (const std::exception& error) {
    fmt::print(stderr, "softmax_audit::audit: {}\n", error.what());
    _exit(4);
  }
  _exit(0); // the rest of the test program is not this run's business
}

} // namespace

int audit(const std::string& name, const std::vector<Function>& functions, const AuditOptions& options,
          const std::string& installed) {
  const auto operation = std::find(operation_names.begin(), operation_names.end(), options.operation);
  if (operation == operation_names.end())
    throw std::invalid_argument(fmt::format("softmax_audit::audit: \"{}\" is not an operation; the operations are {}",
                                            options.operation, fmt::join(operation_names, ", ")));
  const std::string what = name + '/' + options.operation;
  if (serving) {
    // Another audit of the same program: not this time.
    if (serving->what != what) return 0;
    serve_and_exit(name, functions, static_cast<Operation>(operation - operation_names.begin()), options.version);
  }
  const char* named = std::getenv("SOFTMAX_AUDIT");
  const bool is_there = !installed.empty() && access(installed.c_str(), X_OK) == 0;
  const std::string program = !options.program.empty() ? options.program
                              : named && *named        ? named
                              : is_there               ? installed
                                                       : "softmax-audit";
  std::vector<std::string> words{
      program,  "check", "--worker",    fmt::format("{}={} {}", serve_variable, quoted(what), own_command()),
      "--name", name,    "--operation", options.operation};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t child = 0;
  if (const int error = posix_spawnp(&child, program.c_str(), nullptr, nullptr, pointers.data(), environ); error != 0)
    throw std::invalid_argument(
        fmt::format("softmax_audit::audit: cannot start \"{}\": {}; name it by the environment variable "
                    "SOFTMAX_AUDIT or AuditOptions::program",
                    program, std::strerror(error)));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

} // namespace softmax_audit::embedding
