#include "properties/campaigns/measure.hpp"

#include "properties/bounds.hpp"
#include "properties/inputs/cases.hpp"
#include "properties/laws/row_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace softmax_audit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_rows = 200;

struct Cell {
  Operation operation;
  Format format;
  std::size_t length;
  std::string regime;
  std::vector<SourcedRow> rows;
};

std::size_t rows_of_cell(std::size_t length, const MeasureOptions& options) {
  return std::clamp<std::size_t>(options.elements_per_cell / length, 1, most_rows);
}

Cell generated_cell(Operation operation, Format format, std::size_t length, Regime regime, const MeasureOptions& options) {
  Cell cell{operation, format, length, std::string(name(regime)), {}};
  const std::size_t rows = rows_of_cell(length, options);
  Random seeds(options.seed * 1000003 + length * 31 + static_cast<std::uint64_t>(regime));
  for (std::size_t r = 0; r < rows; ++r) {
    const std::string source = fmt::format("generated:{},{},{}", name(regime), length, seeds.bits());
    cell.rows.push_back({source, generated_row(source, format)});
  }
  return cell;
}

constexpr std::string_view pooled_regimes = "all regimes";
constexpr std::size_t longest_pooled = 10000;

Cell pooled_cell(Operation operation, Format format, std::size_t length, const MeasureOptions& options) {
  Cell cell{operation, format, length, std::string(pooled_regimes), {}};
  for (std::size_t r = 0; r < regime_names.size(); ++r)
    for (SourcedRow& row : generated_cell(operation, format, length, static_cast<Regime>(r), options).rows)
      cell.rows.push_back(std::move(row));
  return cell;
}

bool keeps_regimes_apart(Operation operation, Format format, const MeasureOptions& options) {
  return options.regimes_apart || (operation == Operation::softmax && (format == Format::f32 || format == Format::f64));
}

Cell file_cell(Operation operation, Format format, const InputFile& file) {
  Cell cell{operation, format, file.rows.empty() ? 0 : file.rows[0].size(), file.name, {}};
  for (std::size_t r = 0; r < file.rows.size(); ++r) {
    SourcedRow row{fmt::format("{}:{}", file.path, r), {}};
    for (const double value : file.rows[r]) row.x.push_back(round_to(format, value));
    if (has_truth(row.x, 1)) cell.rows.push_back(std::move(row)); // special values are a law's matter, not a figure's
  }
  return cell;
}

// Everything about one row, pooled into `total` afterwards.
struct RowFigures {
  ErrorStatistics errors;
  std::array<double, metric_names.size()> value{};
};

double& at(std::array<double, metric_names.size()>& values, Metric metric) { return values[static_cast<std::size_t>(metric)]; }

RowFigures figures_of(const Answered& answer, Format format, Accuracy& total) {
  const auto& [truth, bound, y] = answer;
  RowFigures row;
  double largest_error = 0, largest_value = 0;
  std::uint64_t misrounded = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    largest_value = std::max(largest_value, magnitude_of(truth[i]));
    if (y[i] != truth[i].nearest) ++misrounded; // a NaN, too
    if (std::isnan(y[i])) {
      row.errors.add_not_a_number();
      total.errors.add_not_a_number();
      at(row.value, Metric::max_ulp) = at(row.value, Metric::max_over_bound) = largest_error = infinity;
      continue;
    }
    const double error = ulp_error(y[i], truth[i], format, default_resolution).value;
    row.errors.add(error);
    total.errors.add(error);
    at(row.value, Metric::max_ulp) = std::max(at(row.value, Metric::max_ulp), std::fabs(error));
    if (error != 0 && !std::isinf(bound[i]))
      at(row.value, Metric::max_over_bound) =
          std::max(at(row.value, Metric::max_over_bound), bound[i] == 0 ? infinity : std::fabs(error) / bound[i]);
    largest_error = std::max(largest_error, std::ldexp(std::fabs(error), truth[i].ulp_exponent));
  }
  total.misrounded += misrounded;
  at(row.value, Metric::mean_ulp) = row.errors.mean();
  at(row.value, Metric::signed_mean_ulp) = row.errors.signed_mean();
  at(row.value, Metric::p99_ulp) = row.errors.quantile(0.99);
  at(row.value, Metric::misrounded) = static_cast<double>(misrounded) / static_cast<double>(y.size());
  at(row.value, Metric::norm_wise) = largest_value == 0 ? 0 : largest_error / (unit_roundoff(format) * largest_value);
  return row;
}

Accuracy measure_cell(const Subject& subject, const Cell& cell, const Oracle& oracle, const MeasureOptions& options) {
  Accuracy accuracy;
  accuracy.subject = &subject;
  accuracy.operation = cell.operation;
  accuracy.format = cell.format;
  accuracy.length = cell.length;
  accuracy.regime = cell.regime;
  for (const SourcedRow& row : cell.rows) {
    Case c = case_of(row, cell.operation, cell.format);
    fit(c, subject);
    if (!is_ordinary(c) || !covers(subject.claim, question_of(c))) continue;
    Answered answer;
    try {
      answer = answered(subject, question_of(c), oracle, default_resolution);
    } catch (const Incident& incident) {
      if (incident.kind == Incident::Kind::refused) continue;
      accuracy.incident = incident.what();
      accuracy.incident_row = row;
      break;
    }
    const RowFigures figures = figures_of(answer, cell.format, accuracy);
    ++accuracy.rows;
    for (std::size_t k = 0; k < metric_names.size(); ++k) {
      const double value = figures.value[k];
      if (std::fabs(value) > accuracy.worst[k].value) accuracy.worst[k] = {std::fabs(value), row};
      // Largest over rows; means and shares are taken over elements below.
      accuracy.value[k] = std::max(accuracy.value[k], value);
    }
    if (options.progress) options.progress(row.x.size());
  }
  at(accuracy.value, Metric::mean_ulp) = accuracy.errors.mean();
  at(accuracy.value, Metric::signed_mean_ulp) = accuracy.errors.signed_mean();
  at(accuracy.value, Metric::p99_ulp) = accuracy.errors.quantile(0.99);
  if (accuracy.errors.count() > 0)
    at(accuracy.value, Metric::misrounded) =
        static_cast<double>(accuracy.misrounded) / static_cast<double>(accuracy.errors.count());
  return accuracy;
}

} // namespace

std::size_t elements_to_measure(const std::vector<Subject>& subjects, const MeasureOptions& options) {
  const auto of_subject = [&options](Operation operation, Format format) {
    std::size_t per_subject = 0;
    for (const InputFile& file : options.files)
      for (const auto& row : file.rows) per_subject += row.size();
    if (!options.files.empty()) return per_subject;
    for (const std::size_t length : options.lengths)
      if (length <= longest_pooled || keeps_regimes_apart(operation, format, options))
        per_subject += regime_names.size() * rows_of_cell(length, options) * length;
    return per_subject;
  };
  std::size_t elements = 0;
  for (const Operation operation : options.operations)
    for (const Format format : options.formats)
      for (const Subject& subject : subjects) elements += subject.has(operation, format) ? of_subject(operation, format) : 0;
  return elements;
}

std::vector<Accuracy> measure(const std::vector<Subject>& subjects, const MeasureOptions& options, const Oracle& oracle) {
  std::vector<Accuracy> results;
  const auto measure_all = [&](const Cell& cell) {
    if (cell.rows.empty()) return;
    if (options.begins) {
      const auto users = static_cast<std::size_t>(std::count_if(
          subjects.begin(), subjects.end(), [&](const Subject& s) { return s.has(cell.operation, cell.format); }));
      options.begins(fmt::format("{} {} {} n = {}", name(cell.operation), name(cell.format), cell.regime, cell.length),
                     cell.rows.size() * cell.length * users);
    }
    for (const Subject& subject : subjects)
      if (subject.has(cell.operation, cell.format)) results.push_back(measure_cell(subject, cell, oracle, options));
  };
  for (const Operation operation : options.operations)
    for (const Format format : options.formats) {
      if (std::none_of(subjects.begin(), subjects.end(), [&](const Subject& s) { return s.has(operation, format); })) continue;
      for (const InputFile& file : options.files) measure_all(file_cell(operation, format, file));
      if (!options.files.empty()) continue;
      for (const std::size_t length : options.lengths)
        if (keeps_regimes_apart(operation, format, options))
          for (std::size_t r = 0; r < regime_names.size(); ++r)
            measure_all(generated_cell(operation, format, length, static_cast<Regime>(r), options));
        else if (length <= longest_pooled)
          measure_all(pooled_cell(operation, format, length, options));
    }
  return results;
}

} // namespace softmax_audit
