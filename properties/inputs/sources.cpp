#include "properties/inputs/sources.hpp"

#include "impl/text_from_outside.hpp"
#include "properties/inputs/cases.hpp"
#include "properties/inputs/rows.hpp"
#include "properties/inputs/values.hpp"

#include <fmt/format.h>

#include <bit>
#include <stdexcept>

namespace softmax_audit {

std::vector<double> generated_row(std::string_view source, Format format) {
  const auto reject = [source]() {
    throw std::invalid_argument(
        fmt::format("row: \"{}\" is not a generated row; expected generated:REGIME,LENGTH,SEED with a regime of {}",
                    excerpt(source), fmt::join(regime_names, ", ")));
  };
  constexpr std::string_view prefix = "generated:";
  if (!source.starts_with(prefix)) reject();
  const std::string_view parts = source.substr(prefix.size());
  const std::size_t comma = parts.find(',');
  const auto regime = regime_named(parts.substr(0, comma));
  if (!regime || comma == std::string_view::npos) reject();
  const std::vector<std::size_t> numbers = indices_from(parts.substr(comma + 1), excerpt(source));
  constexpr std::size_t longest = std::size_t{1} << 24;
  if (numbers.size() != 2 || numbers[0] < 1 || numbers[0] > longest) reject();
  Structure structure;
  structure.length = numbers[0];
  structure.regime = *regime;
  structure.seed = numbers[1];
  structure.ties = numbers[1] % 4 == 1;
  structure.masks = numbers[1] % 4 == 2;
  return row_of(structure, format);
}

Case case_of(const SourcedRow& row, Operation operation, Format format) {
  // FNV-1a over the values: the same row has the same gradients wherever it is asked.
  std::uint64_t seed = 0xcbf29ce484222325u;
  for (const double value : row.x) seed = (seed ^ std::bit_cast<std::uint64_t>(value)) * 0x100000001b3u;
  Random random(seed);
  Case c = completed_case(operation, format, row.x, false, random);
  c.source = row.source;
  return c;
}

} // namespace softmax_audit
