// A .npy file: rejected in one sentence, or rows of equal length that are values of the stored format, as many as the file has bytes for.
#include "properties/inputs/npy.hpp"
#include "scripts/fuzz/fuzz.hpp"

#include <cmath>

namespace softmax_audit {

void fuzz::once(std::span<const std::uint8_t> bytes) {
  NpyArray array{};
  {
    // A row of one 16-bit element: a vector and its element, while the rows' vector grows.
    const MemoryLimit limit((std::size_t{1} << 20) + 128 * bytes.size());
    if (!accepted([&] { array = npy_from(text_of(bytes), "logits.npy"); })) return;
  }
  require(!array.rows.empty() && !array.rows[0].empty(), "an accepted array is empty");
  std::size_t elements = 0;
  for (const std::vector<double>& row : array.rows) {
    require(row.size() == array.rows[0].size(), "rows of an array differ in length");
    elements += row.size();
    for (const double value : row)
      require(std::isnan(value) || round_to(array.format, value) == value, "an element is not of the stored format");
  }
  require(elements * static_cast<std::size_t>(traits(array.format).storage_bits) / 8 <= bytes.size(),
          "an array has more elements than the file");
}

} // namespace softmax_audit
