#include "properties/inputs/corpus.hpp"

#include "impl/text_from_outside.hpp"

#include "properties/inputs/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace softmax_audit {

namespace {

std::size_t one_index(const std::string& text, const std::string& where) {
  const std::vector<std::size_t> indices = indices_from(text, where);
  if (indices.size() != 1) throw std::invalid_argument(fmt::format("{}: \"{}\" is not one number", where, excerpt(text)));
  return indices[0];
}

std::int64_t one_target(const std::string& text, const std::string& where) {
  const std::size_t target = one_index(text, where);
  if (!std::in_range<std::int64_t>(target)) throw std::invalid_argument(fmt::format("{}: {} is no target", where, target));
  return static_cast<std::int64_t>(target);
}

Operation operation_in(const std::string& text, const std::string& where) {
  for (std::size_t k = 0; k < operation_names.size(); ++k)
    if (operation_names[k] == text) return static_cast<Operation>(k);
  throw std::invalid_argument(fmt::format("{}: \"{}\" is not an operation", where, excerpt(text)));
}

// A law asks what belongs to a row by the row's places.
void require_fitting(const Case& c, const std::string& where) {
  const std::size_t n = c.x.size();
  if (c.dy.size() != (takes_upstream_gradient(c.operation) ? n : 0))
    throw std::invalid_argument(fmt::format("{}: dy= has {} gradients, and {} of {} values needs {}", where, c.dy.size(),
                                            name(c.operation), n, takes_upstream_gradient(c.operation) ? n : 0));
  if (static_cast<std::size_t>(c.target) >= n)
    throw std::invalid_argument(fmt::format("{}: target={}, but the row has {} values", where, c.target, n));
  std::vector<std::size_t> sorted = c.permutation;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != i || sorted.size() != n)
      throw std::invalid_argument(fmt::format("{}: permutation= has to name each of 0 to {} once", where, n - 1));
}

CorpusEntry entry_from(const std::string& line, std::size_t number) {
  const std::string where = fmt::format("corpus line {}", number);
  std::istringstream words(line.substr(0, line.find('#')));
  CorpusEntry entry;
  entry.line = number;
  std::string format_word, word;
  if (!(words >> entry.property >> format_word)) throw std::invalid_argument(where + ": expected PROPERTY FORMAT row=...");
  const auto format = format_named(format_word);
  if (!format) throw std::invalid_argument(fmt::format("{}: \"{}\" is not a format", where, excerpt(format_word)));
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
    else if (key == "dy")
      entry.c.dy = row_from(*format, value, where);
    else if (key == "with")
      entry.c.with = row_from(*format, value, where);
    else if (key == "target")
      entry.c.target = one_target(value, where);
    else if (key == "number")
      entry.c.number = one_index(value, where);
    else if (key == "operation")
      entry.c.operation = operation_in(value, where);
    else
      throw std::invalid_argument(fmt::format(
          "{}: there is no key \"{}\"; the keys are row, operation, scale, dy, target, shift, permutation, with, number", where,
          excerpt(key)));
  }
  if (entry.c.x.empty()) throw std::invalid_argument(where + ": row= is missing");
  require_fitting(entry.c, where);
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

std::string corpus_line(const CorpusEntry& entry) {
  const Case& c = entry.c;
  std::string text = fmt::format("{}  {}", entry.property, name(c.format));
  if (c.operation != Operation::softmax) text += fmt::format("  operation={}", name(c.operation));
  if (c.scale != 1) text += fmt::format("  scale={}", hexfloat(c.scale));
  if (c.shift != 0) text += fmt::format("  shift={}", hexfloat(c.shift));
  if (c.target != 0) text += fmt::format("  target={}", c.target);
  if (!c.permutation.empty()) text += fmt::format("  permutation={}", fmt::join(c.permutation, ","));
  if (!c.with.empty()) text += fmt::format("  with={}", row_text(c.with, ","));
  if (c.number != 0) text += fmt::format("  number={}", c.number);
  if (!c.dy.empty()) text += fmt::format("  dy={}", row_text(c.dy, ","));
  return text + fmt::format("  row={}", row_text(c.x, ","));
}

const std::vector<CorpusEntry>& corpus() {
  static const std::vector<CorpusEntry> entries = corpus_from(corpus_text());
  return entries;
}

} // namespace softmax_audit
