#include "properties/inputs/corpus.hpp"

#include "properties/inputs/values.hpp"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

namespace softmax_audit {

// Written by CMake from the folder: the files' texts, one after the other.
std::string_view corpus_text();

namespace {

CorpusEntry entry_from(const std::string& line, std::size_t number) {
  const std::string where = fmt::format("corpus line {}", number);
  std::istringstream words(line.substr(0, line.find('#')));
  CorpusEntry entry;
  std::string format_word, word;
  if (!(words >> entry.property >> format_word)) throw std::invalid_argument(where + ": expected PROPERTY FORMAT row=...");
  const auto format = format_named(format_word);
  if (!format) throw std::invalid_argument(fmt::format("{}: \"{}\" is not a format", where, format_word));
  entry.c.format = *format;
  while (words >> word) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals), value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (key == "row")
      entry.c.x = row_from(*format, value, where);
    else if (key == "scale")
      entry.c.scale = value_from(*format, value, where);
    else if (key == "shift")
      entry.c.shift = value_from(*format, value, where);
    else if (key == "permutation")
      entry.c.permutation = indices_from(value, where);
    else
      throw std::invalid_argument(
          fmt::format("{}: there is no key \"{}\"; the keys are row, scale, shift, permutation", where, key));
  }
  if (entry.c.x.empty()) throw std::invalid_argument(where + ": row= is missing");
  return entry;
}

} // namespace

std::vector<CorpusEntry> corpus_from(std::string_view text) {
  std::vector<CorpusEntry> entries;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == '#') continue;
    entries.push_back(entry_from(line, number));
  }
  return entries;
}

const std::vector<CorpusEntry>& corpus() {
  static const std::vector<CorpusEntry> entries = corpus_from(corpus_text());
  return entries;
}

} // namespace softmax_audit
