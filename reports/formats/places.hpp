// Where findings are shown: a file and a line that readers of a repository know.
#pragma once

#include "reports/formats/judged.hpp"

namespace softmax_audit::places {

using namespace judged;

// A path as a URI reference, RFC 3986: what is not plainly a path is percent-encoded, a colon included, which would end a scheme.
inline std::string uri(std::string_view path) {
  const bool is_absolute = path.starts_with('/');
  std::string out = is_absolute ? "file://" : "";
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-._~/+,=@").find(c) != std::string_view::npos;
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

inline std::string without_dots(std::string path) {
  while (path.starts_with("./")) path = path.substr(path.find_first_not_of('/', 1));
  return path;
}

// Readers drop a finding that has no file, or refuse all of them. Without a gate no file is to blame, and the subject's name
// stands in its place: nothing opens there, and everything is told.
inline std::string path_of(const GateEntry& e, const Report& report) {
  std::string path = without_dots(clean(e.file));
  if (path.empty() && report.gate) path = without_dots(clean(report.gate->file));
  if (path.empty()) path = report.gate ? "gate.toml" : without_dots(clean(e.implementation));
  return path.empty() ? "softmax-audit" : path;
}

// What is said of the rest when there are more findings than readers take.
inline std::string left_out_sentence(std::size_t left_out) {
  return fmt::format("{} left out here, because readers do not take so many; the JSON and the CSV have them.",
                     counted(left_out, "finding is", "findings are"));
}

// Findings by weight: what fails, what wants a look; what holds is none. `weight` 0 leaves out.
template <class Weight> std::vector<const GateEntry*> findings(std::span<const GateEntry> entries, Weight weight) {
  std::vector<const GateEntry*> found;
  for (const GateEntry& e : entries)
    if (weight(e.outcome) > 0) found.push_back(&e);
  std::stable_sort(found.begin(), found.end(),
                   [&](const GateEntry* one, const GateEntry* other) { return weight(one->outcome) > weight(other->outcome); });
  return found;
}

} // namespace softmax_audit::places
