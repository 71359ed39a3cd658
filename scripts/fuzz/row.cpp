// Values as text, as --row, --dy, --with, --scale and --shift take them, in every format: rejected in one sentence, or values of the
// format that are written and read back bit for bit. Indices, as --permutation takes them.
#include "properties/inputs/values.hpp"
#include "scripts/fuzz/fuzz.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>

namespace softmax_audit {
namespace {

bool is_same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

void ask(Format format, std::string_view text) {
  std::vector<double> row;
  if (!fuzz::accepted([&] { row = row_from(format, text, "--row"); })) return;
  fuzz::require(!row.empty() && row.size() <= text.size(), "a row has more values than characters, or none");
  for (const double value : row)
    fuzz::require(std::isnan(value) || is_same(round_to(format, value), value), "a value is not of the format");
  for (const std::string_view separator : {" ", ","}) {
    const std::vector<double> again = row_from(format, row_text(row, separator), "again");
    fuzz::require(std::equal(row.begin(), row.end(), again.begin(), again.end(), is_same),
                  "a written row reads back differently");
  }
  // Rounding once more to a wider format changes nothing, so the wider formats agree on what a narrow one wrote.
  const std::vector<double> wide = row_from(Format::f64, row_text(row), "wide");
  fuzz::require(std::equal(row.begin(), row.end(), wide.begin(), wide.end(), is_same), "a value depends on who reads it");
}

} // namespace

void fuzz::once(std::span<const std::uint8_t> bytes) {
  const std::string_view text = text_of(bytes);
  const MemoryLimit limit((std::size_t{1} << 16) + 256 * bytes.size());
  for (const Format format : formats) ask(format, text);
  double value = 0;
  if (accepted([&] { value = value_from(Format::f64, text, "--scale"); }))
    require(is_same(value_from(Format::f64, hexfloat(value), "again"), value), "a written value reads back differently");
  std::vector<std::size_t> indices;
  if (!accepted([&] { indices = indices_from(text, "--permutation"); })) return;
  require(indices_from(fmt::format("{}", fmt::join(indices, ",")), "again") == indices,
          "written indices read back differently");
}

} // namespace softmax_audit
