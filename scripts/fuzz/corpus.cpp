// Lines of the corpus (properties/inputs/corpus, check --keep): rejected in one sentence that names the line, or entries that are
// written and read back.
#include "properties/inputs/corpus.hpp"
#include "scripts/fuzz/fuzz.hpp"

namespace softmax_audit {

// The compiled-in corpus has no part in this.
std::string_view corpus_text();
std::string_view corpus_text() { return {}; }

void fuzz::once(std::span<const std::uint8_t> bytes) {
  std::vector<CorpusEntry> entries;
  const MemoryLimit limit((std::size_t{1} << 17) + 1024 * bytes.size());
  if (!accepted([&] { entries = corpus_from(text_of(bytes)); })) return;
  for (const CorpusEntry& entry : entries) {
    const std::string line = corpus_line(entry);
    const std::vector<CorpusEntry> again = corpus_from(line);
    require(again.size() == 1 && corpus_line(again[0]) == line, "a written entry reads back differently");
  }
}

} // namespace softmax_audit
