// Every file that the program writes, on a disk that is full from its k-th call on, for every k: the old file or the new one, whole, and
// nothing beside it; one sentence, and exit code 4.
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
#include <vector>

using Catch::Matchers::ContainsSubstring;

namespace {

struct Folder {
  std::filesystem::path path = std::filesystem::canonical(std::filesystem::temp_directory_path()) /
                               ("softmax_audit_full_disk." + std::to_string(getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string& name) const { return (path / name).string(); }
};

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Run {
  int code;
  std::string errors;
};

// Standard output goes nowhere. `from`: the number of the first call that fails; 0: none does.
Run run(const std::string& arguments, const std::string& folder, int from, const std::string& output = "/dev/null") {
  const std::string full = from == 0 ? ""
                                     : "FULL_DISK=" + folder + "/ FULL_DISK_FROM=" + std::to_string(from) +
                                           " LD_PRELOAD=" + SOFTMAX_AUDIT_FULL_DISK +
                                           " ASAN_OPTIONS=\"$ASAN_OPTIONS:verify_asan_link_order=0\" ";
  const std::string command = full + SOFTMAX_AUDIT + " " + arguments + " 2>&1 >" + output;
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe);
  Run result{};
  std::array<char, 4096> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    result.errors.append(buffer.data(), count);
  const int status = pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

// The figures in a file may differ from run to run (speed); that it is whole shows by its length and its last line.
bool is_whole(const std::string& file, const std::string& reference) {
  const auto last_line = [](const std::string& text) { return text.substr(text.find_last_of('\n', text.size() - 2) + 1); };
  return !file.empty() && file.back() == '\n' && last_line(file) == last_line(reference);
}

// `arguments` name files below the folder, each of which holds `old` before. Gives in how many calls the disk can be full.
int fill_up(const Folder& folder, const std::string& arguments, const std::vector<std::string>& files, int code) {
  std::vector<std::string> wanted;
  const std::string old = "# what was here before\n";
  const auto put_back = [&] {
    for (const std::string& file : files) {
      std::filesystem::create_directories(std::filesystem::path(file).parent_path());
      std::ofstream(file, std::ios::binary) << old;
    }
  };
  put_back();
  REQUIRE(run(arguments, folder.path.string(), 0).code == code);
  for (const std::string& file : files) wanted.push_back(content(file));
  for (int from = 1;; ++from) {
    INFO(arguments << ": full from call " << from);
    REQUIRE(from < 1000);
    put_back();
    const Run full = run(arguments, folder.path.string(), from);
    std::size_t renewed = 0;
    for (std::size_t k = 0; k < files.size(); ++k) {
      INFO(files[k]);
      const std::string now = content(files[k]);
      if (now == old) continue;
      ++renewed;
      CHECK(is_whole(now, wanted[k]));
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path))
      CHECK_THAT(entry.path().string(), !ContainsSubstring("unfinished"));
    if (full.code == code) { // no call of that number
      CHECK(renewed == files.size());
      return from - 1;
    }
    CHECK(renewed < files.size());
    CHECK(full.code == 4);
    CHECK(std::count(full.errors.begin(), full.errors.end(), '\n') == 1);
    CHECK_THAT(full.errors, ContainsSubstring("cannot be written: No space left on device"));
  }
}

} // namespace

TEST_CASE("full disk / a result is written whole or not at all") {
  const Folder folder;
  const std::string json = folder.file("r.json");
  // Opening, writing, fsync, closing, renaming.
  CHECK(fill_up(folder, "check shifted --format f32 --property sums_to_one --cases 20 --json " + json, {json}, 0) >= 5);
  CHECK(fill_up(folder, "explain shifted --format f32 --row '1 2' --json " + json, {json}, 0) >= 5);
  CHECK(fill_up(folder, "bench oracles --operation softmax --format f16 --lengths 2 --json " + json, {json}, 0) >= 5);
}

TEST_CASE("full disk / every report is written whole or not at all") {
  const Folder folder;
  const std::string result = "/tmp/softmax_audit_full_disk_result." + std::to_string(getpid()) + ".json"; // on another disk
  REQUIRE(run("check naive --format f32 --property is_accurate --cases 100 --json " + result, "", 0).code == 1);
  const std::string out = folder.file("out");
  REQUIRE(run("report " + result + " --out " + out, "", 0).code == 0);
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(out)) files.push_back(entry.path().string());
  REQUIRE(files.size() >= 3);
  CHECK(fill_up(folder, "report " + result + " --out " + out, files, 0) >= 5 * static_cast<int>(files.size()));
  std::filesystem::remove(result);
}

TEST_CASE("full disk / a corpus keeps what it had") {
  const Folder folder;
  const std::string corpus = folder.file("corpus.txt");
  CHECK(fill_up(folder, "check naive --format f32 --property is_accurate --cases 100 --keep " + corpus, {corpus}, 1) >= 5);
}

TEST_CASE("full disk / standard output that takes nothing is told") {
  for (const char* const arguments : {"list implementations", "check shifted --format f32 --property sums_to_one --cases 20",
                                      "check shifted --format f32 --property sums_to_one --cases 20 --json -"}) {
    INFO(arguments);
    const Run full = run(arguments, "", 0, "/dev/full");
    CHECK(full.code == 4);
    CHECK(std::count(full.errors.begin(), full.errors.end(), '\n') == 1);
    CHECK_THAT(full.errors, ContainsSubstring("standard output cannot be written"));
  }
}
