#include "impl/foreign/loaded_library.hpp"

#include <fmt/format.h>

#include <dlfcn.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>

namespace softmax_audit {
namespace {

std::string last_dl_error() {
  const char* text = dlerror();
  return text ? text : "no reason given";
}

// The loader says "no such file" about a file for another machine.
std::string architecture_remark(const std::string& path) {
  const auto machine_of = [](const char* file) -> std::optional<unsigned> {
    std::array<unsigned char, 20> header{};
    std::ifstream stream(file, std::ios::binary);
    if (!stream.read(reinterpret_cast<char*>(header.data()), header.size())) return std::nullopt;
    if (std::memcmp(header.data(), "\177ELF", 4) != 0) return std::nullopt;
    return header[18] | static_cast<unsigned>(header[19]) << 8;
  };
  const auto theirs = machine_of(path.c_str()), ours = machine_of("/proc/self/exe");
  if (!theirs || !ours || *theirs == *ours) return {};
  return fmt::format(" (the file is there, but it is for another machine: ELF machine {}, this one is {})", *theirs, *ours);
}

} // namespace

void* symbol_of(const std::string& library, const std::string& symbol) {
  // The loader searches only the system's folders for a name without a slash.
  const bool is_plain_name = library.find('/') == std::string::npos;
  const std::string path = is_plain_name && access(library.c_str(), F_OK) == 0 ? "./" + library : library;
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    throw std::invalid_argument(
        fmt::format("library: cannot load \"{}\": {}{}", library, last_dl_error(), architecture_remark(path)));
  dlerror();
  void* address = dlsym(handle, symbol.c_str());
  if (!address)
    throw std::invalid_argument(fmt::format("library: \"{}\" has no symbol \"{}\": {}", library, symbol, last_dl_error()));
  return address;
}

std::string version_of(const std::string& library) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::canonical(library, error);
  return (error ? std::filesystem::path(library) : file).filename().string();
}

} // namespace softmax_audit
