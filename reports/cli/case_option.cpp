// --row and what belongs to it, from text to a case.
#include "properties/inputs/npy.hpp"
#include "properties/inputs/sources.hpp"
#include "properties/inputs/values.hpp"
#include "properties/laws/row_facts.hpp"
#include "reports/cli/judging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace softmax_audit {
namespace {

// --row: values, "generated:REGIME,LENGTH,SEED" or "FILE.npy:INDEX".
std::vector<double> row_option(const std::string& text, Format format) {
  constexpr std::string_view npy = ".npy:";
  if (text.starts_with("generated:")) return generated_row(text, format);
  if (const auto colon = text.rfind(npy); colon != std::string::npos) {
    const std::vector<std::size_t> index = indices_from(text.substr(colon + npy.size()), "--row");
    const NpyArray array = read_npy(text.substr(0, colon + npy.size() - 1));
    if (index.size() != 1 || index[0] >= array.rows.size())
      throw UsageError(
          fmt::format("--row: {} has rows 0 to {}", text.substr(0, colon + npy.size() - 1), array.rows.size() - 1));
    std::vector<double> row;
    for (const double value : array.rows[index[0]]) row.push_back(round_to(format, value));
    return row;
  }
  return row_from(format, text, "--row");
}

} // namespace

std::optional<Case> case_option(const Options& options, Operation operation, Format format) {
  if (!options.row) {
    if (!options.shift.empty() || !options.permutation.empty() || !options.scale.empty() || !options.dy.empty() ||
        !options.with.empty() || options.target || options.number)
      throw UsageError(
          "--scale, --shift, --permutation, --dy, --target, --with and --number say more about a --row, which is missing");
    return std::nullopt;
  }
  Case c;
  c.operation = operation;
  c.format = format;
  try {
    c.x = row_option(*options.row, format);
    if (options.row->find(':') != std::string::npos) {
      c = case_of(SourcedRow{*options.row, c.x}, operation, format); // with its gradients and target
    } else if (takes_upstream_gradient(operation) && options.dy.empty()) {
      throw UsageError(
          fmt::format("--operation {} needs --dy \"g_0 g_1 ...\", one gradient for each value of --row", name(operation)));
    }
    if (!options.scale.empty()) c.scale = value_from(format, options.scale, "--scale");
    if (!options.shift.empty()) c.shift = value_from(format, options.shift, "--shift");
    if (!options.permutation.empty()) c.permutation = indices_from(options.permutation, "--permutation");
    if (!options.dy.empty()) c.dy = row_from(format, options.dy, "--dy");
    if (!options.with.empty()) c.with = row_from(format, options.with, "--with");
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
  if (options.target) c.target = *options.target;
  if (options.number) c.number = *options.number;
  std::vector<std::size_t> sorted = c.permutation;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != i || sorted.size() != c.x.size())
      throw UsageError(
          fmt::format("--permutation: expected each of 0 to {} once, as the row has {} elements", c.x.size() - 1, c.x.size()));
  if (operation == Operation::softmax_backward_from_output) {
    for (std::size_t i = 0; i < c.x.size(); ++i)
      if (std::isfinite(c.x[i]) && !is_share(c.x[i]))
        throw UsageError(
            fmt::format("--row: value {} is {}; softmax_backward_from_output starts from the results of a softmax, "
                        "numbers from 0 to 1 (from logits: --operation softmax_backward)",
                        i + 1, hexfloat(c.x[i])));
    if (c.scale != 1)
      throw UsageError("--scale: softmax_backward_from_output takes none, for it starts from the results of a softmax");
  }
  if (takes_upstream_gradient(operation) && c.dy.size() != c.x.size())
    throw UsageError(fmt::format("--dy: {} gradients for a row of {}", c.dy.size(), c.x.size()));
  if (!takes_upstream_gradient(operation) && !options.dy.empty())
    throw UsageError("--dy belongs to the backward operations: --operation softmax_backward");
  if (c.target < 0 || static_cast<std::size_t>(c.target) >= c.x.size())
    throw UsageError(fmt::format("--target: expected 0 to {}, as the row has {} elements", c.x.size() - 1, c.x.size()));
  return c;
}

} // namespace softmax_audit
