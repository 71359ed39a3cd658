// Asks a target every input of its kept corpus once, without libFuzzer: `fuzz_NAME FOLDER|FILE...`. Each input has some seconds.
#include "scripts/fuzz/fuzz.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

constexpr unsigned seconds_of_one_input = 20; // sanitizers and other tests beside included

const char* asked = ""; // for the handler

void tell_which(int signal) {
  const char* const words[] = {signal == SIGALRM ? "fuzz: this input takes too long: " : "fuzz: this input: ", asked, "\n"};
  for (const char* const word : words) {
    if (write(STDERR_FILENO, word, std::strlen(word)) < 0) break;
  }
  std::signal(signal, SIG_DFL);
  raise(signal);
}

} // namespace

int main(int count, char** words) {
  std::vector<std::string> files;
  for (int i = 1; i < count; ++i) {
    if (!std::filesystem::is_directory(words[i])) {
      files.emplace_back(words[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(words[i])) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGALRM}) std::signal(signal, tell_which);
  for (const std::string& file : files) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
      std::fprintf(stderr, "fuzz: %s cannot be read\n", file.c_str());
      return 2;
    }
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    asked = file.c_str();
    alarm(seconds_of_one_input);
    softmax_audit::fuzz::once({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    alarm(0);
  }
  std::printf("%zu inputs\n", files.size());
  return files.empty() ? 1 : 0; // nothing asked is no success
}
