#include "reports/cli/options.hpp"

#include "impl/text_from_outside.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <numeric>

namespace softmax_audit {

std::uint64_t default_memory_bytes() {
  const auto all = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return std::min(all / 2, std::uint64_t{8} << 30);
}

namespace {

// Levenshtein's edit distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

} // namespace

std::string unknown_name(std::string_view what, std::string_view given, const std::vector<std::string>& known) {
  const std::string name = excerpt(given);
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const std::string& candidate : known) {
    const std::size_t d = distance(name, candidate);
    const bool contained = !name.empty() && candidate.find(name) != std::string::npos;
    if (contained || d <= std::max<std::size_t>(2, candidate.size() / 3)) near.emplace_back(contained ? 0 : d, candidate);
  }
  std::sort(near.begin(), near.end());
  if (near.size() > 3) near.resize(3);
  std::vector<std::string> names;
  for (const auto& [d, candidate] : near) names.push_back(candidate);
  if (!names.empty()) return fmt::format("there is no {} \"{}\"; did you mean {}?", what, name, fmt::join(names, ", "));
  return fmt::format("there is no {} \"{}\"; there are {}", what, name, fmt::join(known, ", "));
}

} // namespace softmax_audit
