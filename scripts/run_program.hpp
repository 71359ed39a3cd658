// For tests: the program as a user runs it.
#pragma once

#include "scripts/catch.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace softmax_audit {

struct Run {
  int code;
  std::string out; // standard output and error together
};

inline Run run(const std::string& arguments) {
  const std::string command = std::string(SOFTMAX_AUDIT) + " " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe);
  Run result{};
  std::array<char, 4096> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) result.out.append(buffer.data(), count);
  const int status = pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("softmax_audit_test." + std::to_string(getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string& name) const { return (path / name).string(); }
};

inline std::string content(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// One line that says what is wrong, and exit code 2.
inline void is_refused(const std::string& arguments, const std::string& with) {
  INFO(arguments);
  const Run result = run(arguments);
  CHECK(result.code == 2);
  CHECK(std::count(result.out.begin(), result.out.end(), '\n') == 1);
  CHECK_THAT(result.out, Catch::Matchers::ContainsSubstring(with));
}

} // namespace softmax_audit
