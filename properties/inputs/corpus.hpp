// Rows that once broke something, or are hard to round, judged before anything is generated. Some are compiled in, from
// properties/inputs/corpus/; others are in files of the user's (check --keep).
#pragma once

#include "properties/property.hpp"

#include <string_view>

namespace softmax_audit {

struct CorpusEntry {
  std::string property; // that the row once broke, or is hard for
  Case c;
  std::size_t line = 0; // of the text that it was read from, from 1
};

// One entry a line: PROPERTY FORMAT [operation=NAME] [scale=S] [dy=V,V,...] [target=K] [shift=C] [permutation=2,0,1] [with=V,...] [number=N]
// row=V,V,...   # why it is here. Without an operation it is softmax.
// Empty lines and lines of a comment are skipped. What belongs to a row fits its length. Throws std::invalid_argument naming the line; what
// is no law's name is the caller's business.
std::vector<CorpusEntry> corpus_from(std::string_view text);

// The entry as such a line, without a newline.
std::string corpus_line(const CorpusEntry& entry);

// The compiled-in corpus: the folder's files one after the other, as CMake writes them down, and parsed once.
std::string_view corpus_text();
const std::vector<CorpusEntry>& corpus();

} // namespace softmax_audit
