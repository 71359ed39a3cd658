// Logits from a NumPy file: <f2, <f4 or <f8, C order, any shape; the last axis is the class axis.
#pragma once

#include "oracles/format.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace softmax_audit {

struct NpyArray {
  Format format; // as stored
  std::vector<std::vector<double>> rows;
};

// Throws std::invalid_argument with one sentence: the file, what is wrong, what was expected.
NpyArray npy_from(std::string_view bytes, std::string_view file);
NpyArray read_npy(const std::filesystem::path& file);

} // namespace softmax_audit
