#include "properties/inputs/npy.hpp"

#include "impl/text_from_outside.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace softmax_audit {
namespace {

constexpr std::size_t most_elements = std::size_t{1} << 28;

// Fields of the header, a Python dictionary such as {'descr': '<f4', 'fortran_order': False, 'shape': (450, 10), }.
struct Header {
  std::string_view type;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

class HeaderReader {
public:
  HeaderReader(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  Header read() const {
    Header header;
    header.type = quoted(value_of("descr"));
    header.fortran_order = value_of("fortran_order").starts_with("True");
    std::string_view shape = value_of("shape");
    const std::size_t close = shape.find(')');
    if (!shape.starts_with('(') || close == std::string_view::npos) fail("its header has no shape");
    shape = shape.substr(1, close - 1);
    while (true) {
      const std::size_t digit = shape.find_first_of("0123456789");
      if (digit == std::string_view::npos) return header;
      shape.remove_prefix(digit);
      std::size_t length = 0;
      const auto [end, error] = std::from_chars(shape.data(), shape.data() + shape.size(), length);
      if (error != std::errc{}) fail("its header has a shape that is not a list of sizes");
      header.shape.push_back(length);
      shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
    }
  }

  [[noreturn]] void fail(std::string_view what) const {
    throw std::invalid_argument(fmt::format(
        "{}: {}; expected a .npy file with a C-ordered array of little-endian float16, float32 or float64", file_, what));
  }

private:
  std::string_view value_of(std::string_view key) const {
    const std::size_t found = text_.find(fmt::format("'{}':", key));
    if (found == std::string_view::npos) fail(fmt::format("its header has no {}", key));
    std::string_view value = text_.substr(found + key.size() + 3);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value;
  }
  std::string_view quoted(std::string_view value) const {
    const std::size_t close = value.size() > 1 ? value.find('\'', 1) : std::string_view::npos;
    if (!value.starts_with('\'') || close == std::string_view::npos) fail("its element type is not a plain one");
    return value.substr(1, close - 1);
  }

  std::string_view text_, file_;
};

template <class Stored> double element(std::string_view data, std::size_t index) {
  Stored stored;
  std::memcpy(&stored, data.data() + index * sizeof stored, sizeof stored);
  return from_storage(stored);
}

} // namespace

NpyArray npy_from(std::string_view bytes, std::string_view file) {
  constexpr std::string_view magic = "\x93NUMPY";
  const HeaderReader nothing({}, file);
  if (!bytes.starts_with(magic) || bytes.size() < 12) nothing.fail("it does not begin like a .npy file");
  // Version 1 has two bytes of header length, later ones four.
  const bool first_version = bytes[6] == 1;
  const std::size_t length_bytes = first_version ? 2 : 4;
  std::size_t header_length = 0;
  for (std::size_t k = 0; k < length_bytes; ++k)
    header_length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[8 + k])) << (8 * k);
  const std::size_t data_begin = 8 + length_bytes + header_length;
  if (data_begin > bytes.size()) nothing.fail("it ends inside its header");
  const HeaderReader reader(bytes.substr(8 + length_bytes, header_length), file);
  const Header header = reader.read();

  double (*read)(std::string_view, std::size_t) = nullptr;
  NpyArray array{};
  std::size_t size = 0;
  if (header.type == "<f2") array.format = Format::f16, size = 2, read = &element<binary16>;
  if (header.type == "<f4") array.format = Format::f32, size = 4, read = &element<float>;
  if (header.type == "<f8") array.format = Format::f64, size = 8, read = &element<double>;
  if (!read) reader.fail(fmt::format("its element type is {}", excerpt(header.type)));
  if (header.fortran_order) reader.fail("its array is in Fortran order");
  if (header.shape.empty()) reader.fail("its array is a single number");
  std::size_t elements = 1;
  for (const std::size_t extent : header.shape) {
    if (extent == 0) reader.fail("its array is empty");
    if (extent > most_elements / elements) reader.fail(fmt::format("its array has more than {} elements", most_elements));
    elements *= extent;
  }
  const std::string_view data = bytes.substr(data_begin);
  if (data.size() != elements * size)
    reader.fail(fmt::format("it has {} bytes of data where its shape needs {}", data.size(), elements * size));
  const std::size_t cols = header.shape.back();
  if (cols > (std::size_t{1} << 24)) reader.fail(fmt::format("its rows have {} elements, more than 16777216", cols));
  array.rows.resize(elements / cols);
  for (std::size_t r = 0; r < array.rows.size(); ++r)
    for (std::size_t i = 0; i < cols; ++i) array.rows[r].push_back(read(data, r * cols + i));
  return array;
}

NpyArray read_npy(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file))
    throw std::invalid_argument(fmt::format("{}: cannot be read; expected a .npy file", file.string()));
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  return npy_from(bytes, file.string());
}

} // namespace softmax_audit
